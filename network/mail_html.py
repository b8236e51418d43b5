"""The text of a mail that is HTML: paragraphs, lists, quotes and links, and nothing else of it."""

from html.parser import HTMLParser

HIDDEN = {"head", "style", "script", "title"}
LINES = {"div", "tr", "table", "ul", "ol", "section", "article", "header", "footer", "pre", "address", "hr"}
PARAGRAPHS = {"h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
MOST_DEEP = 20


def text_of(html: str) -> str:
    """Return what is read in `html`. A quote has »> « before its lines, a point of a list »- «."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines, self.line = [], ""
        self.hidden = self.depth = self.pre = 0
        self.lists, self.links = [], []

    @property
    def text(self):
        self._end_line()
        return "\n".join(self.lines)

    def handle_starttag(self, tag, attrs):
        if tag in HIDDEN:
            self.hidden += 1
        elif tag == "br":
            self._end_line(keep=True)
        elif tag == "p":
            self._end_line()
            # Word and Outlook make a paragraph of each line, and an empty one of each blank one.
            names = dict(attrs).get("class") or ""
            if not names.startswith(("Mso", "elementToProof", "x_Mso")):
                self._blank()
        elif tag == "li":
            self._end_line()
            self.line = self._point()
        elif tag in LINES or tag in PARAGRAPHS:
            self._begin(tag)
        elif tag == "a":
            self.links.append((dict(attrs).get("href") or "", len(self.line)))
        elif tag == "td" and self.line.strip():
            self.line += " "

    def handle_endtag(self, tag):
        if tag in HIDDEN:
            self.hidden = max(self.hidden - 1, 0)
        elif tag == "a" and self.links:
            self._end_link(*self.links.pop())
        elif tag == "blockquote":
            self._end_line()
            self.depth = max(self.depth - 1, 0)
        elif tag in ("ul", "ol"):
            self._end_line()
            self.lists = self.lists[:-1]
        elif tag in LINES or tag in PARAGRAPHS or tag in ("p", "li"):
            self._end_line()
            if tag in PARAGRAPHS:
                self._blank()

    def handle_data(self, data):
        if self.hidden:
            return
        # A space that may not be broken stands for a blank line, and is kept until the line ends.
        words = " ".join(data.replace("\u00a0", "\u0001").split())
        if not words:
            self.line += " " if self.line and not self.line.endswith(" ") else ""
            return
        before = " " if data[0].isspace() and self.line and not self.line.endswith(" ") else ""
        self.line += before + words + (" " if data[-1].isspace() else "")

    def _begin(self, tag):
        self._end_line()
        if tag in PARAGRAPHS:
            self._blank()
        if tag == "blockquote":
            self.depth = min(self.depth + 1, MOST_DEEP)
        elif tag in ("ul", "ol"):
            self.lists = [*self.lists, [tag, 0]][-MOST_DEEP:]

    def _point(self):
        if not self.lists or self.lists[-1][0] == "ul":
            return "- "
        self.lists[-1][1] += 1
        return f"{self.lists[-1][1]}. "

    def _end_link(self, address, at):
        words = self.line[at:].strip()
        bare = address.removeprefix("mailto:").removeprefix("https://").removeprefix("http://").rstrip("/")
        if words and address.startswith(("http://", "https://")) and bare not in words:
            self.line = f"{self.line.rstrip()} ({address})"

    def _end_line(self, keep=False):
        was_blank = "\u0001" in self.line and not self.line.replace("\u0001", "").strip()
        line = self.line.replace("\u0001", " ").strip()
        if line or keep or was_blank:
            self.lines.append(f"{'> ' * self.depth}{line}".rstrip() if self.depth else line)
        self.line = ""

    def _blank(self):
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(">" * bool(self.depth))
