"""What does a problem hold? RFC 9457 with what is wrong field by field."""

from marshmallow import fields

from web.api.v1.fields import Body


class FieldProblem(Body):
    """What is wrong with one field; `code` is the same in every language."""

    field = fields.String(required=True)
    code = fields.String(required=True)
    sentence = fields.String(required=True)


class ProblemTold(Body):
    """Why a call was not answered as it wished."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String()
    errors = fields.List(fields.Nested(FieldProblem))
