#!/usr/bin/env python3
"""Ask a running demo for its pages; exit 1 when one of them does not answer as promised."""

import re
import sys
import time
import urllib.error
import urllib.request

PAGES = [
    "/",
    "/kort/",
    "/soeg/?q=landsby",
    "/publikationer/",
    "/nyheder/",
    "/kampagnen/",
    "/tilgaengelighed/",
    "/privatliv/",
    "/konto/log-ind/",
    "/sitemap.xml",
    "/healthz",
]
INDEXES = ["/metoder/", "/vaerktoejer/", "/projekter/", "/casefortaellinger/", "/kommuner/"]
NOWHERE = "/findes-ikke/"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)


def get(address):
    try:
        with direct.open(address, timeout=60) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as refusal:
        return refusal.code, ""
    except OSError as trouble:
        return trouble, ""


def asked(base, path, expected=200):
    began = time.monotonic()
    status, text = get(base + path)
    milliseconds = (time.monotonic() - began) * 1000
    print(f"{'ok ' if status == expected else 'BAD'}  {status}  {milliseconds:5.0f} ms  {path}", flush=True)
    return status == expected, text


def one_below(index, html):
    link = re.search(rf'href="(?:https?://[^/"]+)?({re.escape(index)}[^"/?#]+/)"', html)
    return link and link[1]


def asked_with_one_below(base, index):
    answered, html = asked(base, index)
    path = one_below(index, html)
    if not path:
        print(f"BAD  no link to a page below {index}", flush=True)
        return False
    return asked(base, path)[0] and answered


def main(base):
    answers = [asked(base, page)[0] for page in PAGES]
    answers += [asked_with_one_below(base, index) for index in INDEXES]
    answers.append(asked(base, NOWHERE, expected=404)[0])
    return 0 if all(answers) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/")))
