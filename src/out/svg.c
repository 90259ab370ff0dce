/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A treemap as SVG (1.1). */
#include <inttypes.h>

#include "base/escape.h"
#include "out/treemap.h"

enum { WIDTH = 1280, HEIGHT = 860, TOP = 44, MARGIN = 8, MIN_FONT = 10, MAX_FONT = 20 };

/* How wide a letter is on average, of the height of the font. */
#define LETTER 0.58

/* Smaller ones are seen as colour alone. */
#define MIN_SIDE 1.0

static void bytes(struct buf *out, uint64_t size)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = size;
	size_t unit = 0;

	while (value >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		value /= 1024;
		unit++;
	}
	buf_printf(out, "%.*f %s", unit && value < 100 ? 1 : 0, value, units[unit]);
}

/* The beginning of name that fits into so many letters; with an ellipsis where it is cut. */
static void fitted(struct buf *out, struct span name, size_t letters)
{
	cleanup_buf struct buf plain = { 0 };
	struct span text;
	size_t n = 0;

	escape_line(&plain, name);
	text = buf_span(&plain);
	if (text_columns(text) <= letters) {
		escape_xml(out, name);
		return;
	}
	for (size_t left = letters; n < text.n; n++)
		if ((text.p[n] & 0xc0) != 0x80 && left-- <= 1)
			break;
	escape_markup(out, span_clip(text, 0, n));
	buf_puts(out, "\xe2\x80\xa6");
}

static void label(struct buf *out, const struct treemap_node *node, double font, double height,
		  const char *class)
{
	double room = node->w - 6;
	size_t letters = room > 0 ? room / (font * LETTER) : 0;

	if (letters < 3)
		return;
	buf_printf(out, "<text class=\"%s\" x=\"%.2f\" y=\"%.2f\" font-size=\"%.1f\">", class,
		   node->x + 3, node->y + height, font);
	fitted(out, node->name, letters);
	buf_puts(out, "</text>\n");
}

static void tooltip(struct buf *out, const struct treemap_node *node)
{
	buf_puts(out, "<title>");
	escape_xml(out, node->name);
	buf_puts(out, ": ");
	bytes(out, node->size);
	buf_printf(out, " (%" PRIu64 ")</title>", node->size);
}

/* Deeper ones are lighter, so that what lies in what can be seen. */
static double opacity(const struct treemap_node *node)
{
	return node->count ? 0.28 : 0.55 + 0.4 / (1 + 0.35 * node->depth);
}

static void rectangle(struct buf *out, const struct treemap *map, const struct treemap_node *node)
{
	buf_printf(out,
		   "<rect class=\"%s\" x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\" "
		   "fill=\"%s\" "
		   "fill-opacity=\"%.2f\">",
		   node->count ? "g" : "l", node->x, node->y, node->w, node->h,
		   treemap_color(map, node)->color, opacity(node));
	tooltip(out, node);
	buf_puts(out, "</rect>\n");
}

static void text_of(struct buf *out, const struct treemap_node *node)
{
	double columns = text_columns(node->name) + 1;
	double wide = (node->w - 6) / (columns * LETTER), high = node->h / 3;
	double font = wide < high ? wide : high;

	if (node->count) {
		if (node->head)
			label(out, node, 11, 11.5, "h");
		return;
	}
	font = font < MIN_FONT ? MIN_FONT : font > MAX_FONT ? MAX_FONT : font;
	if (node->h < font + 4)
		font = MIN_FONT;
	if (node->h >= font + 4)
		label(out, node, font, font + 1, "t");
}

static void legend(struct buf *out, const struct treemap *map)
{
	double x = WIDTH - MARGIN;

	for (size_t i = map->color_count; i-- > 0;) {
		const struct treemap_color *color = &map->colors[i];

		if (!color->label)
			continue;
		x -= 28 + 6.8 * text_columns(span_of(color->label, strlen(color->label)));
		if (x < WIDTH / 3)
			break;
		buf_printf(out,
			   "<rect x=\"%.1f\" y=\"16\" width=\"12\" height=\"12\" rx=\"2\" "
			   "fill=\"%s\"/>"
			   "<text class=\"k\" x=\"%.1f\" y=\"26\" font-size=\"11\">",
			   x, color->color, x + 16);
		escape_xml(out, span_of(color->label, strlen(color->label)));
		buf_puts(out, "</text>\n");
	}
}

static void begin(struct buf *out, const struct treemap *map)
{
	buf_printf(out,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
		   "height=\"%d\" font-family=\"DejaVu Sans, Verdana, Arial, sans-serif\">\n"
		   "<style>.g{stroke:#fff;stroke-width:1}.l{stroke:#fff;stroke-width:.6}"
		   "text{pointer-events:none;fill:#1b1f24}.h{font-weight:bold}.k{fill:#57606a}"
		   "rect:hover{stroke:#000}</style>\n"
		   "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n<title>",
		   WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
	escape_xml(out, map->title);
	buf_printf(out, "</title>\n<text x=\"%d\" y=\"27\" font-size=\"16\" font-weight=\"bold\">",
		   MARGIN);
	fitted(out, map->title, 34);
	buf_printf(out,
		   "<tspan dx=\"10\" font-weight=\"normal\" font-size=\"13\" fill=\"#57606a\">");
	bytes(out, map->nodes[0].size);
	buf_puts(out, "</tspan></text>\n");
}

void treemap_svg(struct treemap *map, struct buf *out)
{
	treemap_layout(map, MARGIN, TOP, WIDTH - 2 * MARGIN, HEIGHT - TOP - MARGIN);
	begin(out, map);
	legend(out, map);
	buf_puts(out, "<g id=\"map\">\n");
	for (size_t i = 1; i < map->count; i++) {
		const struct treemap_node *node = &map->nodes[i];

		if (node->w >= MIN_SIDE && node->h >= MIN_SIDE)
			rectangle(out, map, node);
	}
	buf_puts(out, "</g>\n<g>\n");
	for (size_t i = 1; i < map->count; i++)
		text_of(out, &map->nodes[i]);
	buf_puts(out, "</g>\n</svg>\n");
}
