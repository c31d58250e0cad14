"""Does an error of the database keep to itself what was asked with? Tokens are looked up by value."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError


def test_the_values_of_a_failed_statement_are_not_told(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(text("SELECT * FROM no_such_table WHERE token = :token"), {"token": "s3cret"})
    assert "s3cret" not in str(failed.value)
