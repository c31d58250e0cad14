"""Does the service answer, and does its database?"""

from flask import Blueprint
from sqlalchemy import text

from web.database import reading

bp = Blueprint("health", __name__)


@bp.get("/health")
def alive() -> tuple[dict[str, str], int]:
    """For a load balancer: 200 once a query went through."""
    reading().execute(text("SELECT 1"))
    return {"status": "ok"}, 200
