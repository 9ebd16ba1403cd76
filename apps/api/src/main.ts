import { FirstAdmin, runProcess } from '@tributary/banking';
import { everyTenant, withTenant } from '@tributary/persistence';

/** The api only asks whether the queue is there. */
const queueConnections = 4;

/** Loaded while the database and the queue are connected. */
const application = import('./application.js');

await runProcess('api', { queueConnections }, async (parts) => {
  const { settings, logger } = parts;
  const { createApplication } = await application;
  const app = await createApplication(parts);
  const made = await withTenant(everyTenant, () => app.get(FirstAdmin).ensure());
  if (made) {
    // The one time that it is seen; the logger would hide it, as it should.
    process.stdout.write(
      `First administrator: client id ${made.clientId}, client secret ${made.clientSecret}. Keep it: it is not shown again.\n`,
    );
  }
  await app.listen(settings.port, settings.host);
  logger.info({ port: settings.port, host: settings.host }, `api listens; documentation at ${settings.publicUrl}/docs`);
  return { stop: () => app.close() };
});
