import { spawnSync } from 'node:child_process';
import { findOnPath } from './process.mjs';

const NEEDED_JAVA = 17;

/** One line for each tool that a server needs and this machine lacks; empty when all is there. */
export function missing(tool, debianPackage, why) {
  return findOnPath(tool) === null
    ? [`${tool} is not on the PATH (${why}); on Debian: apt-get install ${debianPackage}`]
    : [];
}

export function javaTools() {
  const absent = missing(
    'java',
    'openjdk-17-jre-headless',
    'Kafka and the schema registry run on Java 17 or later',
  );
  if (absent.length > 0) return absent;
  const version = javaVersion();
  if (version >= NEEDED_JAVA) return [];
  return [
    `java is version ${version}, ${NEEDED_JAVA} or later is needed; on Debian: apt-get install openjdk-17-jre-headless`,
  ];
}

export function mavenTools() {
  return missing('mvn', 'maven', 'it fetches the jars of Kafka and the schema registry, once');
}

/** The settings go to standard error; 0 when java itself does not run. */
function javaVersion() {
  const { stdout, stderr } = spawnSync('java', ['-XshowSettings:properties', '-version'], {
    encoding: 'utf8',
  });
  return Number(/java\.specification\.version = (?:1\.)?(\d+)/.exec(`${stdout}${stderr}`)?.[1] ?? 0);
}
