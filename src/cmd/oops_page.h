/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_OOPS_PAGE_H
#define CMD_OOPS_PAGE_H

/* The style of the page with reports. It must not hold "<" or "&", as it is both HTML and XML. */

/* clang-format off */
static const char page_style[] =
	":root{--bg:#f6f8fa;--card:#fff;--fg:#1b1f24;--dim:#6a737d;--line:#d8dee4;--bad:#b3261e;--badbg:#fdecea;--name:#0b5cad;--mark:#fff4d6}\n"
	"@media (prefers-color-scheme:dark){:root{--bg:#0f1317;--card:#171c22;--fg:#e3e7eb;--dim:#8b96a2;--line:#2c343d;--bad:#ff8a80;--badbg:#3a1d1b;--name:#7cb7ff;--mark:#3a3216}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;padding:1.2em;max-width:78em;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,\"DejaVu Sans\",Verdana,sans-serif}\n"
	"article,nav{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1em 1.4em;margin:0 0 1.4em}\n"
	"article{border-top:4px solid var(--bad)}\n"
	"nav ol{margin:0;padding-left:1.6em}\n"
	"a{color:var(--name);text-decoration:none}a:hover{text-decoration:underline}\n"
	"h2{font-size:1.25em;margin:.1em 0 .6em;overflow-wrap:anywhere}\n"
	"h3{font-size:1em;margin:1.4em 0 .4em;color:var(--dim)}\n"
	".dim,i{color:var(--dim);font-style:normal;font-weight:400}\n"
	".loud{background:var(--badbg);color:var(--bad);font-weight:600;border-radius:4px;padding:.2em .6em;margin:.3em 0}\n"
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.15em 1.2em;margin:0}\n"
	"dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}\n"
	"table{border-collapse:collapse;width:100%;display:block;overflow-x:auto;margin:.9em 0}\n"
	"td{padding:.1em .8em .1em 0;vertical-align:top;white-space:nowrap}\n"
	"code,table,pre,.registers{font-family:ui-monospace,\"DejaVu Sans Mono\",Menlo,Consolas,monospace;font-size:13px}\n"
	".mark{color:var(--dim);text-align:right;min-width:4em}\n"
	".trace .name{font-weight:600;padding-right:2em}.trace .source{color:var(--name);width:100%}\n"
	".trace .inlined .name{font-weight:400;padding-left:2em}\n"
	".trace .doubt td{color:var(--dim);font-weight:400}\n"
	".trace .pc .name,.trap td{color:var(--bad)}\n"
	".trap{background:var(--badbg)}.trap .mark{font-weight:700}.code td:last-child{width:100%}\n"
	".registers{list-style:none;padding:0;margin:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(24em,1fr));gap:.1em 1.4em}\n"
	".registers .dim{display:inline-block;min-width:4.5em}.registers b{overflow-wrap:anywhere}\n"
	"details{margin-top:1.2em}summary{cursor:pointer;color:var(--dim)}\n"
	"pre{overflow-x:auto;background:var(--bg);border-radius:6px;padding:.8em;margin:.6em 0 0}\n"
	"@media print{body{max-width:none;padding:0}article{break-inside:avoid}}\n";
/* clang-format on */

#endif
