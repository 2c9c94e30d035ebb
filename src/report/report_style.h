#pragma once

namespace apiary {

/// The style of a report: light, dark, on paper, on a phone.
inline constexpr const char report_style[] = R"(
:root{color-scheme:light dark;--paper:#fff;--wash:#faf7f1;--ink:#1f2328;--dim:#6a6f78;--line:#e6e1d6;
--bar:#f6e7c8;--amber:#b4540a;--contacts:#8d939d;--conversations:#2f7d9c;--credentials:#c2570c;
--scans:#7a5ab8}
@media(prefers-color-scheme:dark){:root{--paper:#15171b;--wash:#1c1f24;--ink:#e5e2db;--dim:#9b9a94;
--line:#2e3238;--bar:#3d3220;--amber:#f0ab4a;--contacts:#868d98;--conversations:#5cb3d4;
--credentials:#f0913f;--scans:#a98fe0}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 3rem;max-width:74rem;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
-webkit-text-size-adjust:100%}
header{border-bottom:1px solid var(--line);padding-bottom:1.25rem}
h1{font-size:1.65rem;line-height:1.2;margin:0 0 .25rem;letter-spacing:-.015em}
h2{font-size:1.15rem;margin:2.5rem 0 .25rem;letter-spacing:-.005em}
h3{font-size:.95rem;margin:0 0 .4rem}
p{margin:.25rem 0 .75rem;max-width:48rem}
.lead{font-size:1.08rem;margin:.9rem 0 0}
.dim,figcaption,.more{color:var(--dim);font-size:.87rem}
.more{margin:.4rem 0 0}
.mark{vertical-align:-.16em;margin-right:.4rem;fill:none;stroke:var(--amber);stroke-width:2.2;
stroke-linejoin:round}
.tiles{display:grid;grid-template-columns:repeat(6,1fr);gap:.6rem;
margin:1.25rem 0 0;padding:0;list-style:none}
.tiles li{background:var(--wash);border-radius:.5rem;padding:.6rem .8rem}
.tiles b{display:block;font-size:1.45rem;line-height:1.25;font-weight:650;
font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.tiles span{color:var(--dim);font-size:.85rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,var(--column,28rem)),1fr));
gap:1.75rem 2.5rem;margin-top:.75rem}
.thirds{--column:18rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;font-weight:600;padding-bottom:.3rem}
th{text-align:left;font-weight:500;color:var(--dim);font-size:.82rem;white-space:nowrap}
th,td{padding:.28rem .35rem;border-bottom:1px solid var(--line);vertical-align:top}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
.gap{padding-left:1.5rem}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.bar{background:linear-gradient(to right,var(--bar) var(--w),transparent 0) no-repeat;
padding-right:.35rem;min-width:5.5rem}
td.bar:last-child,.n:last-child{padding-right:.35rem;width:9rem}
.time{white-space:nowrap;font-variant-numeric:tabular-nums}
code,pre,.address{font:.92em/1.45 ui-monospace,"Cascadia Mono","SF Mono",Menlo,Consolas,
"DejaVu Sans Mono",monospace}
code{overflow-wrap:anywhere}
.address{white-space:nowrap}
.new{color:var(--amber);border:1px solid;border-radius:.6rem;font:600 .68rem/1 system-ui,sans-serif;
padding:.1rem .38rem;margin-left:.35rem;vertical-align:.12em;white-space:nowrap}
.chips{display:flex;flex-wrap:wrap;gap:.35rem;margin:0;padding:0;list-style:none}
.chips li{background:var(--wash);border-radius:.4rem;padding:.12rem .5rem;max-width:100%}
figure{margin:1.25rem 0 0}
.lane{margin-bottom:.55rem}
.lane div{display:flex;justify-content:space-between;gap:1rem;font-size:.87rem}
.lane svg{display:block;width:100%;height:2.9rem;border-bottom:1px solid var(--line)}
.lane path{stroke:var(--line);vector-effect:non-scaling-stroke}
.axis{position:relative;height:1.3rem;font-size:.8rem;color:var(--dim);
font-variant-numeric:tabular-nums}
.axis span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.talks{columns:2 26rem;column-gap:2.25rem;margin-top:.75rem}
article{break-inside:avoid;margin:0 0 1.4rem}
article h3{font-weight:600;border-bottom:1px solid var(--line);padding-bottom:.25rem;
overflow-wrap:anywhere}
article h3 span{color:var(--dim);font-weight:400}
article h3 .address{color:var(--ink)}
.say{display:grid;grid-template-columns:3.6rem minmax(0,1fr);gap:.5rem;margin:.15rem 0}
.say span{color:var(--dim);font-size:.78rem;text-align:right;padding-top:.1rem}
.say pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;color:var(--dim);
border-left:2px solid var(--line);padding-left:.6rem}
.visitor span{color:var(--amber)}
.visitor pre{color:var(--ink);border-color:var(--amber)}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.75rem}
@media screen and (max-width:40rem){body{padding:1.1rem .9rem 2rem;font-size:14.5px}.wide{display:none}
h1{font-size:1.35rem}table{font-size:.85rem}th{font-size:.7rem}th,td{padding-inline:.2rem}
.tiles{grid-template-columns:repeat(2,1fr)}}
@media print{@page{margin:14mm}body{padding:0;max-width:none;font-size:9pt}table{font-size:8.5pt}
th{font-size:7.5pt}td.bar{min-width:3.5rem}.gap{padding-left:.75rem}
.columns{--column:20rem}.thirds{--column:13rem}
h2,h3,caption{break-after:avoid}tr,figure,li{break-inside:avoid}.scroll{overflow:visible}
rect,td.bar,.tiles li,.chips li{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)";

}  // namespace apiary
