import html from 'html-template-tag';
import type { Application, Developer } from '../application.js';
import { input } from './page-route.js';

const WORDS: Readonly<Record<Application['state'], string>> = {
  draft: 'draft: upload a certificate',
  sandbox: 'works in the sandbox',
  goLiveRequested: 'works in the sandbox; go-live requested',
  released: 'released into production',
  suspended: 'suspended',
};

/** One application with what can be changed; `base` is the safe path of the desk. */
export function applicationSection(application: Application, base: string): string {
  const { id, name, state, redirectUrl, certificate } = application;
  return html`<details open id="app-${id}">
    <summary>${name}</summary>
    <dl>
      <dt>Application id</dt>
      <dd class="application-id">${id}</dd>
      <dt>State</dt>
      <dd>${WORDS[state]}</dd>
      <dt>Redirect URL</dt>
      <dd>${redirectUrl ?? 'none: the holding page is used'}</dd>
      <dt>Certificate</dt>
      <dd>${certificate === undefined ? 'none' : `${Buffer.byteLength(certificate)} bytes`}</dd>
    </dl>
    <form method="post" action="$${base}/applications/${id}" enctype="multipart/form-data">
      $${input('redirectUrl', 'Redirect URL', redirectUrl)} $${certificateFields()}
      <div class="buttons"><button>Save</button></div>
    </form>
    $${state === 'sandbox' ? goLiveForm(id, base) : ''}
  </details>`;
}

export function newApplicationForm({ applications }: Developer, base: string): string {
  const options = applications
    .filter(({ certificate }) => certificate !== undefined)
    .map(({ id, name }) => html`<option value="${id}">as ${name}</option>`);
  return html`<h2>New application</h2>
    <form method="post" action="$${base}/applications" enctype="multipart/form-data">
      $${input('name', 'Name')} $${input('redirectUrl', 'Redirect URL (optional)')} $${certificateFields()}
      <label for="certificateOf">or one that you use already</label>
      <select id="certificateOf" name="certificateOf">
        <option value="">no</option>
        $${options.join('')}
      </select>
      <div class="buttons"><button>Register the application</button></div>
    </form>`;
}

function certificateFields(): string {
  return html`<label>Certificate file <input type="file" name="certificateFile" /></label>
    <label>or its text <textarea name="certificate" rows="3"></textarea></label>
    <p class="note">
      The file is kept byte for byte: it is the key of your signatures. Pasted text gets plain line feeds.
    </p>`;
}

function goLiveForm(id: string, base: string): string {
  return html`<form method="post" action="$${base}/applications/${id}/go-live">
    $${input('legalName', 'Legal name')} $${input('competentAuthority', 'National competent authority')}
    $${input('registrationNumber', 'Registration number')}
    <div class="buttons"><button class="quiet">Request go-live</button></div>
  </form>`;
}
