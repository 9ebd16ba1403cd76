/** The look of all pages; it is part of each page, so that a page is one answer. */
export const STYLE = `
:root { --ink: #17242d; --soft: #5a6b76; --line: #d9e0e4; --paper: #f3f6f7; --accent: #0b6b61; --bad: #a3271f; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); background: var(--paper); }
header { display: flex; align-items: center; gap: .6rem; padding: .9rem 1.25rem; background: #fff; border-bottom: 1px solid var(--line); font-weight: 600; }
.mark { width: 1.4rem; height: 1.4rem; border-radius: 50% 50% 50% 0; background: var(--accent); }
main.card { max-width: 30rem; margin: 2rem auto 1rem; padding: 1.75rem; background: #fff; border: 1px solid var(--line); border-radius: .75rem; }
main.wide { max-width: 76rem; margin: 1.5rem auto; padding: 0 1.25rem; }
@media (max-width: 34rem) { main.card { max-width: none; margin: 0 0 1.25rem; border-width: 0 0 1px; border-radius: 0; padding: 1.25rem; } }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: 0 0 1rem; }
label, legend { display: block; font-weight: 600; margin: 1rem 0 .3rem; }
fieldset { border: 0; padding: 0; margin: 0 0 1rem; }
fieldset label { display: flex; gap: .6rem; align-items: baseline; font-weight: 400; margin: .3rem 0; }
input[type=text], input[type=password], input[type=number], select, textarea { width: 100%; padding: .65rem .75rem; font: inherit; color: inherit; background: #fff; border: 1px solid #93a3ad; border-radius: .4rem; }
input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid #7cc4bb; outline-offset: 1px; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
button { padding: .65rem 1.2rem; font: inherit; font-weight: 600; border-radius: .4rem; border: 1px solid var(--accent); background: var(--accent); color: #fff; cursor: pointer; }
button.quiet { background: #fff; color: var(--accent); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.amount { font-size: 1.6rem; font-weight: 650; }
.wrong { padding: .7rem .9rem; border-left: 4px solid var(--bad); background: #fbeeed; color: var(--bad); border-radius: .25rem; }
.note { color: var(--soft); font-size: .92rem; }
footer { max-width: 30rem; margin: 0 auto 2rem; padding: 0 1.25rem; color: var(--soft); font-size: .85rem; text-align: center; }
a { color: var(--accent); }
.scroll { overflow-x: auto; background: #fff; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 600; }
td form { display: inline; } td button { padding: .2rem .6rem; font-size: .85rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0 1.25rem; }
details { margin: .75rem 0; } summary { cursor: pointer; font-weight: 600; }
`;
