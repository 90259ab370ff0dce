/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A treemap as a page of HTML: a table of nodes in JSON, and a script that draws it. A policy within the page forbids it
 * to load anything.
 */
#include <inttypes.h>

#include "base/escape.h"
#include "out/html_page.h"
#include "out/treemap.h"

/* JSON inside of an element: what could end it, or be taken for markup, is escaped once more. */
static void json_text(struct buf *out, struct span text)
{
	cleanup_buf struct buf line = { 0 }, json = { 0 };
	struct span rest;

	escape_line(&line, text);
	escape_json(&json, buf_span(&line));
	if (line.failed || json.failed)
		out->failed = true;
	buf_putc(out, '"');
	for (rest = buf_span(&json); rest.n; rest = span_from(rest, 1)) {
		bool none = span_starts(rest, SPAN_LITERAL("\xef\xbf\xbe")) ||
			    span_starts(rest, SPAN_LITERAL("\xef\xbf\xbf"));

		if (none) {
			buf_puts(out, "\\ufffd");
			rest = span_from(rest, 2);
		} else if (rest.p[0] == '<' || rest.p[0] == '>' || rest.p[0] == '&') {
			buf_printf(out, "\\u%04x", rest.p[0]);
		} else {
			buf_putc(out, rest.p[0]);
		}
	}
	buf_putc(out, '"');
}

static void add_data(struct buf *out, const struct treemap *map)
{
	buf_puts(out, "<script type=\"application/json\" id=\"data\">{\"title\":");
	json_text(out, map->title);
	buf_puts(out, ",\n\"colors\":[");
	for (size_t i = 0; i < map->color_count; i++) {
		const struct treemap_color *color = &map->colors[i];
		const char *label = color->label ? color->label : "";

		buf_puts(out, i ? ",[" : "[");
		json_text(out, span_of(label, strlen(label)));
		buf_printf(out, ",\"%s\"]", color->color);
	}
	buf_puts(out, "],\n\"nodes\":[");
	for (size_t i = 0; i < map->count; i++) {
		const struct treemap_node *node = &map->nodes[i];

		buf_puts(out, i ? ",\n[" : "\n[");
		json_text(out, node->name);
		buf_printf(out, ",%" PRIu64 ",%" PRIu64 ",%u,%zu,%zu]", node->size, node->symbols,
			   node->color, node->first, node->count);
	}
	buf_puts(out, "]}</script>\n");
}

void treemap_html(const struct treemap *map, struct buf *out)
{
	buf_puts(out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" "
		      "lang=\"en\">\n<head>\n"
		      "<meta charset=\"utf-8\"/>\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\"/>\n"
		      "<meta name=\"viewport\" content=\"width=device-width, "
		      "initial-scale=1\"/>\n<title>");
	escape_xml(out, map->title);
	buf_puts(out, "</title>\n<style>/*<![CDATA[*/\n");
	buf_puts(out, html_style);
	buf_puts(out, "/*]]>*/</style>\n</head>\n<body>\n<header><div id=\"path\"></div>"
		      "<div id=\"legend\"></div>"
		      "<input id=\"find\" type=\"search\" placeholder=\"find a name\" "
		      "aria-label=\"find a name\"/></header>\n"
		      "<noscript>This map is drawn by a script.</noscript>\n"
		      "<div id=\"map\"></div>\n<div id=\"tip\"></div>\n");
	add_data(out, map);
	buf_puts(out, "<script>//<![CDATA[\n");
	buf_puts(out, html_script);
	buf_puts(out, "//]]></script>\n</body>\n</html>\n");
}
