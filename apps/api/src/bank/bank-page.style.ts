import { createHash } from 'node:crypto';

/** The look of the bank's pages: for a phone first, without scripts, pictures or fonts from elsewhere. */
export const style = `
:root{color-scheme:light;--ink:#14202b;--soft:#55636f;--line:#d9e0e6;--ground:#eef2f5;--brand:#0b3d5c;--go:#0b6b4f;--bad:#a3261f}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
header{background:var(--brand);color:#fff}
header>div,main,footer{max-width:30rem;margin:0 auto;padding:0 1rem}
header>div{display:flex;align-items:center;gap:.75rem;min-height:3.75rem}
header b{font-size:1.125rem;font-weight:650}
.mark{width:2.25rem;height:2.25rem;border-radius:.6rem;background:#fff;color:var(--brand);display:grid;place-items:center;font-weight:750}
.sandbox{background:#fff4d6;border-bottom:1px solid #ecd9a0;color:#5c4600;font-size:.875rem;text-align:center;padding:.5rem 1rem}
main{padding-top:1.25rem;padding-bottom:1rem}
.card{background:#fff;border:1px solid var(--line);border-radius:.9rem;padding:1.25rem;margin-bottom:1rem}
h1{font-size:1.375rem;line-height:1.3;margin:0 0 .5rem;text-wrap:balance}
dl+dl{border-top:1px solid var(--line)}
h2{font-size:.9375rem;margin:1.25rem 0 .5rem;color:var(--soft);font-weight:600}
.card>h2:first-child{margin-top:0}
p{margin:.5rem 0}
.soft{color:var(--soft);font-size:.9375rem}
.amount{font-size:2.125rem;font-weight:700;letter-spacing:-.01em;line-height:1.15;margin:.25rem 0 1rem;font-variant-numeric:tabular-nums}
.amount small{font-size:1.125rem;font-weight:600;color:var(--soft)}
ul.grants{list-style:none;margin:0;padding:0}
ul.grants li{display:flex;gap:.625rem;padding:.5rem 0;border-top:1px solid var(--line)}
ul.grants li:first-child{border-top:0}
ul.grants svg{flex:none;margin-top:.2rem;color:var(--go)}
dl{margin:0}
dl div{display:flex;justify-content:space-between;gap:1rem;padding:.625rem 0;border-top:1px solid var(--line)}
dl div:first-child{border-top:0}
dt{color:var(--soft);flex:none}
dd{margin:0;text-align:right;font-weight:550;overflow-wrap:anywhere}
dd small,dt small,.choice small{display:block;color:var(--soft);font-weight:400;font-variant-numeric:tabular-nums}
.choice{display:flex;align-items:center;gap:.75rem;border:1px solid var(--line);border-radius:.7rem;padding:.75rem;margin-bottom:.5rem;min-height:3rem}
.choice:has(input:checked){border-color:var(--brand);background:#f3f8fb}
.choice span{flex:1;font-weight:550;overflow-wrap:anywhere}
.choice input{width:1.25rem;height:1.25rem;margin:0;accent-color:var(--brand);flex:none}
label.field{display:block;margin-top:1rem;font-weight:600}
input.text{display:block;width:100%;margin-top:.375rem;padding:.75rem;font:inherit;border:1px solid #9aa8b3;border-radius:.6rem;background:#fff;color:inherit}
input:focus-visible,button:focus-visible,a:focus-visible,summary:focus-visible{outline:3px solid #1873b3;outline-offset:2px}
button,a.button{display:block;width:100%;min-height:3.125rem;padding:.75rem 1rem;margin-top:.75rem;border-radius:.7rem;border:1px solid transparent;font:inherit;font-weight:650;text-align:center;text-decoration:none;cursor:pointer}
.go{background:var(--brand);color:#fff}
.no{background:#fff;color:var(--ink);border-color:#9aa8b3}
.alert{border:1px solid #e5b5b2;background:#fdf1f0;color:var(--bad);border-radius:.7rem;padding:.75rem;margin-bottom:1rem;font-weight:550}
details{margin-top:.5rem}
details dt{flex:1;min-width:0;color:var(--ink);overflow-wrap:anywhere}
details dd{flex:none}
.payees{max-height:24rem;overflow-y:auto;border-bottom:1px solid var(--line)}
summary{cursor:pointer;color:var(--brand);font-weight:600;padding:.5rem 0}
footer{color:var(--soft);font-size:.8125rem;padding-bottom:2rem}
footer p{margin:.375rem 0}
`;

/** Content-Security-Policy source of it: no other style is let in. */
export const styleSource = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
