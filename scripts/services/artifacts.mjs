// Jars from Maven, kept in a per-user cache: fetched once, whole or not at all.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { UserError } from './user-error.mjs';

const run = promisify(execFile);
const CACHE = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'power-nowcast');

export const KAFKA_LIBS = path.join(CACHE, 'kafka-4.1.1');
export const REGISTRY_HOME = path.join(CACHE, 'apicurio-registry-3.0.9');
export const REGISTRY_JAR = path.join(REGISTRY_HOME, 'apicurio-registry-app-3.0.9-runner.jar');

const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';
/** Version 2 copies an artifact without resolving its parent pom, which the registry's publisher left out of Maven Central. */
const COPY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.8';
const KAFKA_POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>power-nowcast</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.1.1</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** Puts Kafka's jars into the cache if they are not there yet. */
export async function fetchKafka() {
  await fetchOnce(KAFKA_LIBS, 'Kafka 4.1.1', async (dir) => {
    const pom = path.join(dir, 'pom.xml');
    writeFileSync(pom, KAFKA_POM);
    await maven(['-f', pom, `${DEPENDENCY_PLUGIN}:copy-dependencies`, `-DoutputDirectory=${dir}`]);
    rmSync(pom);
    return readdirSync(dir).some((name) => name === 'kafka_2.13-4.1.1.jar');
  });
}

/** Puts the unpacked schema registry into the cache if it is not there yet. */
export async function fetchRegistry() {
  await fetchOnce(REGISTRY_HOME, 'Apicurio registry 3.0.9', async (dir) => {
    const artifact = 'io.apicurio:apicurio-registry-app:3.0.9:tar.gz:all';
    await maven([`${COPY_PLUGIN}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${dir}`], dir);
    const archive = path.join(dir, 'apicurio-registry-app-3.0.9-all.tar.gz');
    await run('tar', ['-xzf', archive, '-C', dir]);
    rmSync(archive);
    return existsSync(path.join(dir, path.basename(REGISTRY_JAR)));
  });
}

async function fetchOnce(target, title, fill) {
  if (existsSync(target)) return;
  process.stdout.write(`${title}: fetching with Maven into ${target} (once)\n`);
  mkdirSync(CACHE, { recursive: true });
  const partial = mkdtempSync(`${target}.part-`);
  try {
    if (!(await fill(partial))) throw new UserError(`${title}: Maven ended well but left no such jar`);
    renameSync(partial, target);
  } catch (error) {
    if (existsSync(target)) return; // another process was quicker
    throw error instanceof UserError ? error : new UserError(explain(title, error));
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function maven(args, cwd) {
  return run('mvn', ['-q', '-B', ...args], { cwd, maxBuffer: 16 * 1024 * 1024 });
}

function explain(title, error) {
  const output = `${error.stdout ?? ''}\n${error.stderr ?? ''}\n${error.message}`;
  const line = output.split('\n').find((text) => text.includes('[ERROR]')) ?? error.message.split('\n')[0];
  const reason = stripVTControlCharacters(line).replace('[ERROR]', '').trim();
  return [
    `${title}: the jars could not be fetched with Maven: ${reason}`,
    'check that Maven reaches Maven Central or a mirror of it (its settings.xml: <mirrors>, <proxies>), then run services:up again',
  ];
}
