"""Which resources has the interface?"""

from flask import Blueprint

from web.api.v1 import document, manifests, tokens

BLUEPRINTS: tuple[Blueprint, ...] = (document.bp, manifests.bp, tokens.bp)
