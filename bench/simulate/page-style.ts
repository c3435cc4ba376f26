/** Paper and ink, as the web app has them; one accent. No font or picture comes from elsewhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f7f4ee, #0e1116);
  --raised: light-dark(#fffdf8, #171b22);
  --ink: light-dark(#16130f, #ede8de);
  --faded: light-dark(#6b645a, #9a958b);
  --rule: light-dark(#ddd6c9, #2a303a);
  --accent: light-dark(#d93a22, #ff6b52);
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 'Inter', 'Segoe UI', system-ui, -apple-system, 'Liberation Sans', sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 44px 20px 80px; }
h1 { font-size: 44px; line-height: 1.05; letter-spacing: -0.03em; margin: 4px 0 12px; text-wrap: balance; }
h2 { font-size: 20px; letter-spacing: -0.01em; margin: 56px 0 4px; }
p { margin: 0 0 12px; max-width: 70ch; }
.faded, .note { color: var(--faded); }
.note { font-size: 14px; }
.mono, td, dd, .figure strong { font-family: var(--mono); font-variant-numeric: tabular-nums; }
.kicker { font: 12px var(--mono); letter-spacing: 0.08em; text-transform: uppercase; color: var(--faded); }
.stub { position: relative; background: var(--raised); border: 1px solid var(--rule); border-radius: 4px; margin: 28px 0 0; }
.stub::before, .stub::after { content: ''; position: absolute; bottom: -11px; width: 20px; height: 20px; border: 1px solid var(--rule); border-radius: 50%; background: var(--paper); z-index: 1; }
.stub::before { left: -11px; clip-path: inset(0 0 0 50%); }
.stub::after { right: -11px; clip-path: inset(0 50% 0 0); }
.stub.last::before, .stub.last::after { display: none; }
.stub + .stub { margin-top: 0; border-top: 2px dashed var(--rule); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 20px 24px; padding: 24px 28px; margin: 0; }
.figure strong { display: block; font-size: 28px; line-height: 1.15; letter-spacing: -0.02em; font-weight: 600; white-space: nowrap; }
.figure span { font-size: 14px; color: var(--faded); }
.bad { border-left: 3px solid var(--accent); padding-left: 12px; }
ul.promises { list-style: none; margin: 0; padding: 20px 28px; display: grid; gap: 8px; }
ul.promises li { display: grid; grid-template-columns: 6.5rem 1fr; gap: 4px 12px; }
ul.promises b { font: 600 14px/1.7 var(--mono); }
ul.promises small { display: block; font-size: 14px; color: var(--faded); overflow-wrap: anywhere; }
figure { margin: 12px 0 0; }
figcaption { font-size: 14px; color: var(--faded); max-width: 70ch; margin-top: 4px; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.scroll { overflow-x: auto; }
svg text { font: 12px var(--mono); fill: var(--faded); }
svg .name { fill: var(--ink); }
.grid { stroke: var(--rule); }
.line { fill: none; stroke: var(--ink); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.line-strong { stroke-width: 3; }
.line-thin { stroke-width: 1.25; }
.line-dashed { stroke-width: 1.75; stroke-dasharray: 5 4; }
.line-dotted { stroke-width: 2; stroke-dasharray: 0.1 5; }
.line-sold { stroke-width: 8; stroke-linecap: butt; }
.line-held { stroke-width: 8; stroke: var(--accent); stroke-linecap: butt; }
.line-free { stroke-width: 8; stroke: var(--rule); stroke-linecap: butt; }
.area-sold { fill: var(--ink); }
.area-held { fill: var(--accent); }
.area-free { fill: var(--rule); }
table { border-collapse: collapse; width: 100%; margin-top: 8px; }
th { text-align: left; font-size: 12px; font-weight: 500; color: var(--faded); padding: 4px 16px 4px 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
td { font-size: 14px; padding: 5px 16px 5px 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
td.text { font-family: inherit; font-size: 16px; white-space: normal; }
td.count, th.count { text-align: right; }
dl { display: grid; grid-template-columns: minmax(9rem, auto) 1fr; gap: 4px 20px; margin: 8px 0 0; font-size: 14px; }
dt { color: var(--faded); }
dd { margin: 0; overflow-wrap: anywhere; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 0 48px; }
@media (max-width: 520px) {
  h1 { font-size: 28px; }
  .scroll svg { min-width: 34rem; }
  .figures { grid-template-columns: 1fr 1fr; padding: 20px; }
  .figure strong { font-size: 20px; }
  ul.promises { padding: 20px; }
  ul.promises li { grid-template-columns: 1fr; }
}
@media print { body { background: none; } }
`;
