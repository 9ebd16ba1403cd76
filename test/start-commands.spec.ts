import fs from 'node:fs';

const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const compose = fs.readFileSync('docker-compose.yml', 'utf8');

/* Negative control, carried out once: a flag more in docker-compose.yml than in package.json; both commands were shown. */
it.each(['api', 'worker'])(
  '%s is started alike by npm and in a container, which is also what is measured',
  (program) => {
    const command = new RegExp(`command: \\[(.*dist/programs/${program}.js)\\]`).exec(compose)?.[1];
    expect(command?.replaceAll(',', '')).toBe(scripts[`start:${program}`]);
  },
);

it('runs the api in an image of which nothing else is said', () => {
  const command = /^CMD (\[.*\])$/m.exec(fs.readFileSync('Dockerfile', 'utf8'))?.[1] ?? '[]';
  expect((JSON.parse(command) as string[]).join(' ')).toBe(scripts['start:api']);
});

/* Negative control, carried out once: without `!scripts` the build of the image ended with a module that is not there. */
it('the image gets what its build runs', () => {
  const allowed = fs
    .readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const run = scripts['build']?.match(/[\w/.-]+\.mjs/g) ?? [];
  expect(run).not.toEqual([]);
  expect(run.filter((file) => !allowed.some((place) => file === place || file.startsWith(`${place}/`)))).toEqual([]);
});
