/** The whole style sheet of a report; charts take their colours from it. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1c2430;--muted:#59636f;--grid:#e7e9ec;--axis:#b5bcc4;
--line:#dfe3e7;--c1:#1f6fb4;--c2:#c2571a;--c3:#2b8a5c;--c4:#8450a8;--c5:#8a6d1d;--heat:#c2571a}
@media (prefers-color-scheme:dark){:root{--bg:#12161b;--card:#1a2027;--ink:#e8ebee;--muted:#a3adb8;--grid:#2a323b;
--axis:#55606c;--line:#2e3740;--c1:#63aef0;--c2:#f0935a;--c3:#5fc795;--c4:#c295e6;--c5:#d8bd68;--heat:#f0935a}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main,header{max-width:1180px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:26px;line-height:1.2;margin:0 0 6px}
h2{font-size:19px;margin:36px 0 12px}
h3{font-size:15px;margin:0 0 4px}
p{margin:0 0 10px;max-width:75ch}
.muted,figcaption{color:var(--muted);font-size:13px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:18px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px}
.tile b{display:block;font-size:22px;line-height:1.25;font-variant-numeric:tabular-nums}
.tile span{color:var(--muted);font-size:12.5px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:16px;align-items:start}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 16px;min-width:0}
.wide{grid-column:1/-1}
.wide .plot svg{min-width:min(820px,240vw)}
.plot{overflow-x:auto}
.plot svg{display:block;max-width:100%;min-width:min(440px,180vw);height:auto}
details{margin-top:8px}
summary{cursor:pointer;color:var(--muted);font-size:13px}
.scroll{overflow:auto;max-height:420px;margin-top:8px}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);font-size:12px;padding:2px 0 6px}
th,td{padding:4px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600}
th:first-child,td:first-child{text-align:left}
thead th{position:sticky;top:0;background:var(--card)}
.provenance td{text-align:left;white-space:normal;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--c1);outline-offset:2px}
footer{max-width:1180px;margin:30px auto;padding:0 20px;color:var(--muted);font-size:13px}
@media print{details{display:none}figure{break-inside:avoid}}
`;
