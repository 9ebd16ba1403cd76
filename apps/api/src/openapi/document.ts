import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Settings } from '@tributary/banking';
import { problemExample } from '../http/api-problems.js';
import { problemKinds } from '../http/problem.js';
import { description, scopeDescriptions, tags } from './description.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Serves the OpenAPI document at /docs-json and a page to read and try it at /docs. */
export function serveDocument(app: NestFastifyApplication, settings: Settings): void {
  SwaggerModule.setup('docs', app, () => createDocument(app, settings), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'Tributary API',
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      filter: true,
      tagsSorter: undefined,
      // The id is no secret; outside production it saves a newcomer one search.
      initOAuth: {
        appName: 'Tributary',
        ...(settings.nodeEnv !== 'production' && settings.adminClientId && { clientId: settings.adminClientId }),
      },
    },
  });
}

/** The document, from the controllers and DTOs. */
export function createDocument(app: NestFastifyApplication, settings: Settings): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Tributary API')
    .setVersion('1')
    .setDescription(description)
    .addServer('/', 'Where this page comes from')
    .addServer(settings.publicUrl, 'The public address')
    .addOAuth2(
      {
        type: 'oauth2',
        description: 'Client id and secret of the app. Tick the scopes that you need.',
        flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: scopeDescriptions } },
      },
      'oauth2',
    );
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => operationId(controller, method),
  });
  return complete(document);
}

/** `ConnectionsController.create` is `connectionsCreate`. */
function operationId(controller: string, method: string): string {
  const noun = controller.replace(/Controller$/, '');
  const start = noun.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+/, (letters) => letters.toLowerCase());
  return `${start}${method.charAt(0).toUpperCase()}${method.slice(1)}`;
}

/** A tag as the list of tags spells it, however a controller does. */
function tagName(tag: string): string {
  const listed = Object.keys(tags).find((name) => name.toLowerCase() === tag.toLowerCase());
  return listed ?? `${tag.charAt(0).toUpperCase()}${tag.slice(1)}`;
}

/** Adds what holds for every operation: failures on our side, and that public means public. */
function complete(document: OpenAPIObject): OpenAPIObject {
  const used = new Set<string>();
  for (const path of Object.values(document.paths)) {
    for (const method of methods) {
      const operation = path[method];
      if (!operation) continue;
      operation.security ??= [];
      operation.responses['500'] ??= unexpected;
      for (const response of Object.values(operation.responses)) {
        if (response && 'description' in response) response.description ||= 'Done.';
      }
      operation.tags = (operation.tags ?? []).map(tagName);
      for (const tag of operation.tags) used.add(tag);
    }
  }
  const names = [...Object.keys(tags).filter((name) => used.has(name)), ...[...used].filter((name) => !(name in tags))];
  const info = { ...document.info, contact: { name: 'Whoever runs this installation' } };
  for (const schema of Object.values(document.components?.schemas ?? {})) {
    if ('$ref' in schema) continue;
    for (const property of Object.values(schema.properties ?? {})) {
      if (!('$ref' in property)) spellExample(property);
    }
  }
  return { ...document, info, tags: names.map((name) => ({ name, description: tags[name] ?? name })) };
}

/** The Swagger plugin reads `@example 9912346` of an optional text as a number: texts are texts again. */
function spellExample(property: { type?: unknown; example?: unknown }): void {
  const { type, example } = property;
  if (type !== 'string') return;
  if (typeof example === 'number' || typeof example === 'boolean') property.example = String(example);
}

const unexpected = {
  description: `\`internal_error\`: ${problemKinds.internal_error.title}.`,
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: {
        internal_error: { summary: problemKinds.internal_error.title, value: problemExample('internal_error') },
      },
    },
  },
};
