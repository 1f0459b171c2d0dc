import { builtinModules } from 'node:module';
import { defineConfig, globalIgnores } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Folders and files whose result may depend on nothing but their arguments. */
const PURE = [
  'src/features/**/*.ts',
  'src/quality/**/*.ts',
  'src/accuracy/**/*.ts',
  'src/nowcast/step*.ts',
  'src/nowcast/{compose,decode-input,input-check,issue,issued-columns,merge,reasons,request,target-times,weather-check,zone-stream}.ts',
  'src/feed/protocol.ts',
  'src/client/{gaps,latest,machine,once,parse,retry,selection}.ts',
  'src/train/gbdt/**/*.ts',
  'src/train/scoring/**/*.ts',
  'src/train/{backtest-rows,bands,cholesky,dataset,error-sums,fit-zone,fitted-model,gate,gate-checks,gate-scores,gate-thresholds,held-out,held-out-block,horizon-kernel,paired-test,random,replay-order,ridge,ridge-moments,sampling,student-t,time-blocks}.ts',
  'src/sources/simulator/**/*.ts',
  'src/sources/**/parse*.ts',
];
const TYPED = ['**/*.ts'];
const SCRIPTS = ['**/*.{js,mjs,cjs}'];
const BUILTINS = builtinModules.filter((name) => !name.startsWith('_')).join('|');

/* Client libraries stay behind the port they implement, so that a driver can be replaced in one folder. */
const kafka = {
  regex: '^(kafkajs|@kafkajs/.*)$',
  message: 'Only src/log/kafka*.ts may import the Kafka client; use the EventLog port.',
};
const influx = {
  regex: '^influx$',
  message: 'Only src/history/influx*.ts may import the InfluxDB client; use the HistoryStore port.',
};
const serverPackages = {
  regex:
    '^(lmdb|undici|ws|pino|fastify|@fastify/.*|onnxruntime-node|prom-client|cli-progress|commander|croner)$',
  message: 'Pure code does no IO; pass the data in.',
};
const nodeModules = {
  regex: `^(node:(?!crypto$).*|(?!crypto$)(${BUILTINS}))$`,
  message: 'Pure code does no IO; only node:crypto (hashing) may be imported.',
};
const impureFolders = {
  regex: '^(\\.\\./)+(log|history|collect|config|api|ops|cli)/',
  message: 'Pure code may use only the types of a folder that does IO; pass the data in.',
  allowTypeImports: true,
};

const processEnv = [
  {
    selector: 'MemberExpression[object.name="process"][property.name="env"]',
    message: 'Only src/config/ reads the environment; take a configuration value as an argument.',
  },
  {
    selector: 'VariableDeclarator[init.name="process"] > ObjectPattern > Property[key.name="env"]',
    message: 'Only src/config/ reads the environment; take a configuration value as an argument.',
  },
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?process$/]',
    message: 'Use the global `process`; its environment is read in src/config/ only.',
  },
];
const dynamicKafka = {
  selector: 'ImportExpression[source.value=/^@?kafkajs/]',
  message: kafka.message,
};
const dynamicInflux = { selector: 'ImportExpression[source.value="influx"]', message: influx.message };
const impurity = [
  {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'Pure code has no clock; take the instant as an argument.',
  },
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Pure code has no clock; take the instant as an argument.',
  },
  {
    selector: 'CallExpression[callee.name="Date"]',
    message: 'Pure code has no clock; take the instant as an argument.',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Pure code is reproducible; take a seeded generator as an argument.',
  },
  { selector: 'ImportExpression', message: 'Pure code imports statically.' },
  {
    selector: 'CallExpression[callee.property.name=/^random(Bytes|UUID|Int|FillSync)$/]',
    message: 'Pure code is reproducible; take a seeded generator as an argument.',
  },
];
const randomImport = {
  regex: '^(node:)?crypto$',
  importNamePattern: '^(random|webcrypto|getRandom)',
  message: 'Pure code is reproducible; take a seeded generator as an argument.',
};

/** `no-restricted-*` options do not merge between blocks, so every block states its whole list. */
function restrict(imports, syntax) {
  return {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: imports }],
    'no-restricted-syntax': ['error', ...syntax],
  };
}

export default defineConfig(
  globalIgnores([
    'dist/',
    'coverage/',
    '.nowcast/',
    '.services/',
    'bench/results/',
    'src/contracts/generated/',
    'test/fixtures/lint/',
  ]),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.js', '.mjs'],
      'import-x/external-module-folders': ['node_modules'],
      'import-x/resolver-next': [
        createNodeResolver({
          extensions: ['.ts', '.js', '.mjs', '.json'],
          extensionAlias: { '.js': ['.ts', '.js'] },
        }),
      ],
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 280 }],
      'no-console': 'error',
      'no-constant-binary-expression': 'error',
      'no-debugger': 'error',
      'no-duplicate-case': 'error',
      'no-fallthrough': 'error',
      'no-loss-of-precision': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unreachable': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-assignment': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: TYPED,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // A port's method is async for the driver that needs it; the other driver need not await.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-self-import': 'error',
      'import-x/no-duplicates': 'error',
    },
  },
  { files: SCRIPTS, extends: [tseslint.configs.recommended] },
  { files: ['bin/**', 'scripts/**', 'bench/**', 'test/**'], rules: { 'no-console': 'off' } },

  { files: ['src/**/*.ts'], rules: restrict([kafka, influx], [...processEnv, dynamicKafka, dynamicInflux]) },
  { files: ['src/config/**/*.ts'], rules: restrict([kafka, influx], [dynamicKafka, dynamicInflux]) },
  {
    files: ['src/log/kafka*.ts', 'src/log/kafka/**/*.ts'],
    rules: restrict([influx], [...processEnv, dynamicInflux]),
  },
  { files: ['src/history/influx*.ts'], rules: restrict([kafka], [...processEnv, dynamicKafka]) },
  // The client runs in browsers as well: it depends on no package and on nothing of Node.
  {
    files: ['src/client/**/*.ts'],
    rules: restrict([kafka, influx, serverPackages, nodeModules, impureFolders], processEnv),
  },
  {
    files: PURE,
    rules: {
      ...restrict(
        [kafka, influx, serverPackages, nodeModules, impureFolders, randomImport],
        [...processEnv, ...impurity, dynamicKafka, dynamicInflux],
      ),
      'no-restricted-globals': [
        'error',
        ...[
          'process',
          'fetch',
          'performance',
          'crypto',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'require',
        ].map((name) => ({ name, message: 'Pure code depends on nothing but its arguments.' })),
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-template-curly-in-string': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['src/web/**/*.ts'],
    rules: { 'no-console': 'error', ...restrict([kafka, influx, serverPackages, nodeModules], []) },
  },
  // The schema that file provisioning of the supported Grafana reads; the SDK points to the one after it.
  { files: ['grafana/src/**/*.ts'], rules: { '@typescript-eslint/no-deprecated': 'off' } },
  // The web's own build configuration runs in Node.
  { files: ['src/web/vite.config.ts'], rules: restrict([kafka, influx], []) },
);
