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
