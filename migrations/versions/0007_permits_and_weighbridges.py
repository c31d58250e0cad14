"""Who may do what, what did scales say, and which machines may call? Permits, tickets, tokens.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from migrations.insert_only import lock, unlock

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id
INSERT_ONLY = ("scale_ticket", "ticket_void", "gate_arrival", "limit_change")


def upgrade() -> None:
    """Tables in the order in which they refer to each other."""
    make_facility_permit()
    make_vehicle_licence()
    make_transfer_approval()
    make_plan()
    make_plan_leg()
    make_limit_change()
    make_scale_ticket()
    make_ticket_void()
    make_gate_arrival()
    make_scale_certificate()
    make_lab_result()
    make_api_token()
    make_idempotent_call()
    for table in INSERT_ONLY:
        lock(table)
    tie_weighings_to_tickets()
    op.create_index(op.f("ix_weighing_ticket"), "weighing", ["ticket"], unique=False)


def downgrade() -> None:
    """The other way round."""
    op.drop_index(op.f("ix_weighing_ticket"), table_name="weighing")
    op.drop_column("weighing", "scale_ticket_id")
    for table in INSERT_ONLY:
        unlock(table)
    for table in (
        "idempotent_call",
        "api_token",
        "lab_result",
        "scale_certificate",
        "gate_arrival",
        "ticket_void",
        "scale_ticket",
        "limit_change",
        "plan_leg",
        "plan",
        "transfer_approval",
        "vehicle_licence",
        "facility_permit",
    ):
        op.drop_table(table)


def tie_weighings_to_tickets() -> None:
    """In one statement: SQLite cannot add the reference afterwards."""
    kind = ROW_ID.compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE weighing ADD COLUMN scale_ticket_id {kind} "
        "CONSTRAINT fk_weighing_scale_ticket_id_scale_ticket REFERENCES scale_ticket (id)"
    )


def make_facility_permit() -> None:
    op.create_table(
        "facility_permit",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("sludge_kinds", sa.JSON(), nullable=True),
        sa.Column("methods", sa.JSON(), nullable=True),
        sa.Column("t_per_day", sa.Float(), nullable=True),
        sa.Column("t_per_year", sa.Float(), nullable=True),
        sa.Column("storage_t", sa.Float(), nullable=True),
        sa.Column("max_moisture_fraction", sa.Float(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "max_moisture_fraction BETWEEN 0 AND 1", name=op.f("ck_facility_permit_max_moisture")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_facility_permit_validity")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_facility_permit_facility_id_facility")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_permit")),
        sa.UniqueConstraint("facility_id", "number", name=op.f("uq_facility_permit_facility_id_number")),
    )


def make_vehicle_licence() -> None:
    op.create_table(
        "vehicle_licence",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("vehicle_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('road_transport', 'waterway_transport')", name=op.f("ck_vehicle_licence_kind")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_vehicle_licence_validity")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_licence_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_licence")),
        sa.UniqueConstraint("vehicle_id", "number", name=op.f("uq_vehicle_licence_vehicle_id_number")),
    )


def make_transfer_approval() -> None:
    op.create_table(
        "transfer_approval",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("origin_id", ROW_ID, nullable=False),
        sa.Column("destination_id", ROW_ID, nullable=False),
        sa.Column("quota_t", sa.Float(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_transfer_approval_validity")
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["facility.id"], name=op.f("fk_transfer_approval_destination_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["facility.id"], name=op.f("fk_transfer_approval_origin_id_facility")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_approval")),
        sa.UniqueConstraint("number", name=op.f("uq_transfer_approval_number")),
    )
    op.create_index(op.f("ix_transfer_approval_origin_id"), "transfer_approval", ["origin_id"], unique=False)


def make_plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("origin_id", ROW_ID, nullable=False),
        sa.Column("destination_id", ROW_ID, nullable=False),
        sa.Column("sludge_kind", sa.String(length=32), nullable=False),
        sa.Column("quota_t", sa.Float(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "sludge_kind IN ('dewatered', 'dried', 'liquid', 'dredged')", name=op.f("ck_plan_sludge_kind")
        ),
        sa.CheckConstraint("quota_t > 0", name=op.f("ck_plan_quota")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_plan_validity")),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["facility.id"], name=op.f("fk_plan_destination_id_facility")
        ),
        sa.ForeignKeyConstraint(["origin_id"], ["facility.id"], name=op.f("fk_plan_origin_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_code")),
    )
    op.create_index("ix_plan_origin_id_valid_from", "plan", ["origin_id", "valid_from"], unique=False)


def make_plan_leg() -> None:
    op.create_table(
        "plan_leg",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("plan_id", ROW_ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("carrier_id", ROW_ID, nullable=False),
        sa.Column("from_id", ROW_ID, nullable=False),
        sa.Column("to_id", ROW_ID, nullable=False),
        sa.Column("route_id", ROW_ID, nullable=True),
        sa.Column("vehicle_id", ROW_ID, nullable=True),
        sa.CheckConstraint("mode IN ('road', 'water')", name=op.f("ck_plan_leg_mode")),
        sa.ForeignKeyConstraint(
            ["carrier_id"], ["organisation.id"], name=op.f("fk_plan_leg_carrier_id_organisation")
        ),
        sa.ForeignKeyConstraint(["from_id"], ["facility.id"], name=op.f("fk_plan_leg_from_id_facility")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_leg_plan_id_plan")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_plan_leg_route_id_route")),
        sa.ForeignKeyConstraint(["to_id"], ["facility.id"], name=op.f("fk_plan_leg_to_id_facility")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_plan_leg_vehicle_id_vehicle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_leg")),
        sa.UniqueConstraint("plan_id", "seq", name=op.f("uq_plan_leg_plan_id_seq")),
    )
    op.create_index(op.f("ix_plan_leg_carrier_id"), "plan_leg", ["carrier_id"], unique=False)


def make_limit_change() -> None:
    op.create_table(
        "limit_change",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("limit_id", ROW_ID, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["limit_id"], ["rule_limit.id"], name=op.f("fk_limit_change_limit_id_rule_limit")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_limit_change_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_change")),
    )
    op.create_index(op.f("ix_limit_change_limit_id"), "limit_change", ["limit_id"], unique=False)


def make_scale_ticket() -> None:
    op.create_table(
        "scale_ticket",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("scale_id", ROW_ID, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("plate", sa.String(length=64), nullable=True),
        sa.Column("gross_kg", sa.Float(), nullable=False),
        sa.Column("tare_kg", sa.Float(), nullable=True),
        sa.Column("weighed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("raw_line", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.CheckConstraint("source IN ('manual', 'http', 'agent')", name=op.f("ck_scale_ticket_source")),
        sa.CheckConstraint(
            "gross_kg > 0 AND (tare_kg IS NULL OR tare_kg > 0)", name=op.f("ck_scale_ticket_masses")
        ),
        sa.CheckConstraint("tare_kg IS NULL OR gross_kg > tare_kg", name=op.f("ck_scale_ticket_net")),
        sa.ForeignKeyConstraint(["scale_id"], ["scale.id"], name=op.f("fk_scale_ticket_scale_id_scale")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_scale_ticket_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_ticket")),
        sa.UniqueConstraint("scale_id", "digest", name=op.f("uq_scale_ticket_scale_id_digest")),
    )
    op.create_index("ix_scale_ticket_plate_weighed_at", "scale_ticket", ["plate", "weighed_at"], unique=False)
    op.create_index(
        "ix_scale_ticket_scale_id_weighed_at", "scale_ticket", ["scale_id", "weighed_at"], unique=False
    )


def make_ticket_void() -> None:
    op.create_table(
        "ticket_void",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["scale_ticket.id"], name=op.f("fk_ticket_void_ticket_id_scale_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_ticket_void_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_void")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_ticket_void_ticket_id")),
    )


def make_gate_arrival() -> None:
    op.create_table(
        "gate_arrival",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gross_kg", sa.Float(), nullable=True),
        sa.Column("scale_code", sa.String(length=64), nullable=True),
        sa.Column("ticket", sa.String(length=64), nullable=True),
        sa.Column("scale_ticket_id", ROW_ID, nullable=True),
        sa.CheckConstraint("gross_kg > 0", name=op.f("ck_gate_arrival_gross")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_gate_arrival_facility_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_gate_arrival_manifest_id_manifest")
        ),
        sa.ForeignKeyConstraint(
            ["scale_ticket_id"],
            ["scale_ticket.id"],
            name=op.f("fk_gate_arrival_scale_ticket_id_scale_ticket"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_arrival")),
        sa.UniqueConstraint("manifest_id", name=op.f("uq_gate_arrival_manifest_id")),
    )


def make_scale_certificate() -> None:
    op.create_table(
        "scale_certificate",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("scale_id", ROW_ID, nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("attachment_id", ROW_ID, nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_scale_certificate_validity")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_scale_certificate_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(["scale_id"], ["scale.id"], name=op.f("fk_scale_certificate_scale_id_scale")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_certificate")),
        sa.UniqueConstraint("scale_id", "number", name=op.f("uq_scale_certificate_scale_id_number")),
    )


def make_lab_result() -> None:
    op.create_table(
        "lab_result",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("sampled_on", sa.Date(), nullable=True),
        sa.Column("laboratory", sa.String(length=200), nullable=False),
        sa.Column("report_number", sa.String(length=100), nullable=False),
        sa.Column("analyte", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("u", sa.Float(), nullable=True),
        sa.Column("method", sa.String(length=100), nullable=True),
        sa.Column("attachment_id", ROW_ID, nullable=True),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_lab_result_period")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_lab_result_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_lab_result_facility_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_lab_result_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_result")),
        sa.UniqueConstraint(
            "facility_id",
            "report_number",
            "analyte",
            name=op.f("uq_lab_result_facility_id_report_number_analyte"),
        ),
    )
    op.create_index(
        "ix_lab_result_facility_id_period_from", "lab_result", ["facility_id", "period_from"], unique=False
    )


def make_api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", ROW_ID, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_api_token_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)


def make_idempotent_call() -> None:
    op.create_table(
        "idempotent_call",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_idempotent_call_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_call")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_idempotent_call_user_id_key")),
    )
    op.create_index("ix_idempotent_call_at", "idempotent_call", ["at"], unique=False)
