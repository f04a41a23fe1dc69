"""text -> function, with a file name that tracebacks and debuggers show."""

from __future__ import annotations

import hashlib
import linecache
from typing import Any


def compile_text(text: str, name: str, namespace: dict[str, Any]) -> dict[str, Any]:
    """Execute generated text; the names it defines, beside those it was given.

    The file name carries a digest of the text, so that equal text has an equal name in every run.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    filename = f"<ad {name} {digest}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    scope = {**namespace, "__name__": "ad_generated", "__builtins__": __builtins__}
    exec(compile(text, filename, "exec"), scope)
    return scope
