interface Schema {
  readonly $ref?: string;
  readonly required?: readonly string[];
}

interface RequestBody {
  required?: boolean;
  readonly content: Readonly<Record<string, { readonly schema?: Schema }>>;
}

/** What is needed here of an OpenAPI document. */
interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: RequestBody }>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** Marks bodies that may be left out: those in which nothing is required. @param document changed in place */
export function markOptionalBodies(document: object): void {
  const { paths = {}, components } = document as Document;
  for (const { requestBody } of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    if (requestBody === undefined) continue;
    const schemas = Object.values(requestBody.content).map(({ schema }) => {
      const name = schema?.$ref?.split('/').at(-1);
      return name === undefined ? schema : components?.schemas?.[name];
    });
    requestBody.required = schemas.some((schema) => (schema?.required ?? []).length > 0);
  }
}
