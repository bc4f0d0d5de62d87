"""How much goes with what a rule matches."""

from __future__ import annotations

import pytest

from ..support import cleaner, remove, text_of


@pytest.mark.parametrize(
    ("rule", "html", "left"),
    [
        ("{css: .x}", "<div>a<p class=x>b<i>c</i></p>d</div>", ["a", "d"]),
        ("{css: .x, scope: self}", "<p>a <b class=x>b</b> c", ["a c"]),
        # closest
        ("{css: .x, scope: closest section}", "<section>a<div><p class=x>b</div></section><p>c", ["c"]),
        ("{css: .x, scope: closest .box}", "<div class=box><div class=box><p class=x>b</p></div>a</div>", ["a"]),
        ("{css: .x, scope: closest .x}", "<div class=x>a</div><p>b", ["b"]),
        ("{css: .x, scope: closest nav}", "<section><p class=x>b</p>a</section>", ["a"]),
        ("{css: .x, scope: 'closest aside, section'}", "<aside><section><p class=x>b</section>a</aside>", ["a"]),
        ("{css: .x, scope: closest div > section}", "<section><div><section><p class=x>b</section></div>a</section>", ["a"]),
        ("{css: .x, scope: closest body}", "<p class=x>b<p>a", ["a"]),
        ("{equals: Mehr, scope: closest section}", "<section><p>Mehr</p>b</section><p>a", ["a"]),
        # up: so many levels, and nothing where there are not as many within the page
        ("{css: .x, scope: up 1}", "<div>a<p class=x>b</div>c", ["c"]),
        ("{css: .x, scope: up 2}", "<section>1<div>a<p class=x>b</div></section>c", ["c"]),
        ("{css: .x, scope: up 2}", "<div>a<p class=x>b</div>c", ["a", "b", "c"]),
        ("{css: .x, scope: up 9}", "<div>a<p class=x>b</div>c", ["a", "b", "c"]),
        ("{equals: Mehr, scope: up 1}", "<section><p>Mehr</p>b</section><p>a", ["a"]),
        # section: to the next heading of its rank
        ("{css: .x, scope: section}", "<h2>1</h2>a<h2 class=x>2</h2>b<h3>3</h3>c<h2>4</h2>d", ["1", "a", "4", "d"]),
        ("{css: .x, scope: section}", "<h3 class=x>2</h3><p>b</p><h2>4</h2>d", ["4", "d"]),
        ("{css: .x, scope: section}", "<div><h3 class=x>2</h3><p>b</div><p>c", ["c"]),
        ("{css: .x, scope: section}", "<div class=x><h3>2</h3></div><p>b</p><div><h3>4</h3>d</div>", ["4", "d"]),
        ("{css: .x, scope: section}", "<h3 class=x>2</h3><p>b</p><div>c<h3>4</h3></div><h3>5</h3>", ["5"]),
        ("{css: .x, scope: section}", "<p class=x>2</p><p>b</p><h4>4</h4><p>c", ["4", "c"]),
        ("{equals: Mehr, scope: section}", "<h2>1</h2><p>a</p><h2>Mehr</h2><p>b</p><ul><li>c</ul>", ["1", "a"]),
        ("{css: .x, scope: section}", "<h2 class=x>1</h2>a<h2 class=x>2</h2>b<h2>3</h2>", ["3"]),
        # links: what follows, as long as it is links
        ("{css: .x, scope: links}", "<div><p class=x>M</p><ul><li><a href=a>1</a><li><a href=b>2</a></ul><p>b</p><p><a href=c>3</a></div>", ["b", "3"]),
        ("{css: .x, scope: links}", "<div><p class=x>M</p>lose <p><a href=a>1</a></p></div>", ["lose", "1"]),
        ("{css: .x, scope: links}", "<div><p class=x>M</p></div><p><a href=a>1</a></p>", ["1"]),
        # rest
        ("{css: .x, scope: rest}", "<div><p>a</p>b<p class=x>c</p>d<p>e</p>f</div><p>g", ["a", "b", "g"]),
        ("{css: .x, scope: rest}", "<div><p>a</p><div><p class=x>c</p>d</div>e</div>", ["a", "e"]),
        ("{css: .x, scope: rest}", "<p>a <b class=x>b</b> c <i>d</i></p><p>e", ["a", "e"]),
        ("{equals: Mehr, scope: rest}", "<div><p>a</p><p>Mehr</p><p>b</p></div><p>c", ["a", "c"]),
        # preceding
        ("{css: .x, scope: preceding}", "<div><p>a</p>b<p class=x>c</p>d<p>e</p></div><p>g", ["d", "e", "g"]),
        ("{css: .x, scope: preceding}", "<p>0</p><div>a<p class=x>c</p>d</div>", ["0", "d"]),
        ("{css: .x, scope: preceding}", "<p>a <b>b</b> <i class=x>c</i> d</p>", ["d"]),
    ],
)  # fmt: skip
def test_scopes(rule: str, html: str, left: list[str]) -> None:
    found = cleaner(remove(rule))
    assert text_of(rule, html) == left
    again = found.clean(found.clean(html).html)
    assert again.text.split("\n") == left


def test_scopes_that_overlap_take_each_piece_once() -> None:
    found = cleaner("remove:\n  ad:\n    - {css: .x, scope: preceding}\n    - {css: .y, scope: rest}\n    - .z\n")
    result = found.clean("<p>0</p><div><p>a</p><p class=y>b</p><p class=z>c</p><p class=x>d</p><p>e</p></div>")
    assert result.text == "0"
    words = " ".join(removal.text for removal in result.removed).split()
    assert sorted(words) == ["a", "b", "c", "d", "e"]


def test_a_scope_ends_where_the_parent_ends() -> None:
    result = cleaner(remove("{css: .x, scope: rest}")).clean("<ul><li>a<li class=x>b<li>c</ul><ul><li>d</ul>")
    assert result.html == "<html><body><ul><li>a</li></ul><ul><li>d</li></ul></body></html>"
