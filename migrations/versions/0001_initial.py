"""The first tables, and the lock on what devices sent.

Revision: 0001, after nothing.

Column types are written out and not taken from models/, so that this step stays as it is
when models/ moves on. raw_message and fix are insert-only: triggers refuse UPDATE and DELETE (and TRUNCATE
on PostgreSQL), whoever asks.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id
INSERT_ONLY = ("raw_message", "fix")
TABLES_LAST_FIRST = (
    "trip_leg",
    "finding_vehicle",
    "finding_manifest",
    "weighing",
    "verdict",
    "trip",
    "silence",
    "receipt",
    "moisture_test",
    "manifest_mark",
    "leg",
    "finding",
    "disposal",
    "custody_event",
    "watermark",
    "visit",
    "site_day",
    "scale",
    "route",
    "plant_day",
    "manifest",
    "fix",
    "diversion",
    "device_binding",
    "decision",
    "vehicle",
    "user_account",
    "raw_message",
    "facility",
    "scenario",
    "rule_limit",
    "organisation",
    "map_feature",
    "device",
)


def upgrade() -> None:
    """From nothing to every table of the first version."""
    create_organisations()
    create_facilities()
    create_fleet()
    create_manifests()
    create_fixes()
    create_journeys()
    create_findings()
    create_days()
    create_limits()
    create_worlds()
    lock_insert_only_tables()


def downgrade() -> None:
    """Back to nothing; a table goes before those it refers to."""
    if op.get_bind().dialect.name == "postgresql":
        for table in INSERT_ONLY:
            op.execute(f"DROP TRIGGER {table}_insert_only ON {table}")
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        op.execute("DROP FUNCTION refuse_change()")
    for table in TABLES_LAST_FIRST:
        op.drop_table(table)


def create_organisations() -> None:
    """Who takes part, and who may sign in."""
    op.create_table(
        "organisation",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "kind IN ('plant_operator', 'works_operator', 'hauler', 'site_operator', 'regulator')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('regulator', 'plant', 'hauler', 'site', 'administrator')",
            name=op.f("ck_user_account_role"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_user_account_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    op.create_index(
        op.f("ix_user_account_organisation_id"), "user_account", ["organisation_id"], unique=False
    )


def create_facilities() -> None:
    """Places, approved routes and the base map."""
    op.create_table(
        "map_feature",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("layer", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_feature")),
        sa.UniqueConstraint("digest", name=op.f("uq_map_feature_digest")),
    )
    op.create_index(op.f("ix_map_feature_layer"), "map_feature", ["layer"], unique=False)
    op.create_table(
        "facility",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=True),
        sa.Column("polygon", sa.JSON(), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=True),
        sa.Column("permit_t_per_day", sa.Float(), nullable=True),
        sa.Column("permit_t_per_year", sa.Float(), nullable=True),
        sa.Column("storage_t", sa.Float(), nullable=True),
        sa.Column("max_moisture_fraction", sa.Float(), nullable=True),
        sa.Column("accepts", sa.JSON(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("min_dwell_s", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('plant', 'works', 'site', 'transfer', 'store', 'depot', 'permitted_stop')",
            name=op.f("ck_facility_kind"),
        ),
        sa.CheckConstraint("max_moisture_fraction BETWEEN 0 AND 1", name=op.f("ck_facility_max_moisture")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from",
            name=op.f("ck_facility_validity"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_facility_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
        sa.UniqueConstraint("code", name=op.f("uq_facility_code")),
    )
    op.create_index(op.f("ix_facility_organisation_id"), "facility", ["organisation_id"], unique=False)
    op.create_table(
        "route",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("origin_id", ROW_ID, nullable=False),
        sa.Column("destination_id", ROW_ID, nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("corridor_m", sa.Float(), nullable=False),
        sa.Column("planned_minutes", sa.Float(), nullable=True),
        sa.Column("line", sa.JSON(), nullable=False),
        sa.CheckConstraint("mode IN ('road', 'water')", name=op.f("ck_route_mode")),
        sa.CheckConstraint("corridor_m > 0", name=op.f("ck_route_corridor")),
        sa.CheckConstraint("planned_minutes > 0", name=op.f("ck_route_planned")),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["facility.id"], name=op.f("fk_route_destination_id_facility")
        ),
        sa.ForeignKeyConstraint(["origin_id"], ["facility.id"], name=op.f("fk_route_origin_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("code", name=op.f("uq_route_code")),
    )
    op.create_index(op.f("ix_route_destination_id"), "route", ["destination_id"], unique=False)
    op.create_index(op.f("ix_route_origin_id"), "route", ["origin_id"], unique=False)


def create_fleet() -> None:
    """Vehicles, devices, their assignment over time, and scales."""
    op.create_table(
        "device",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("protocol", sa.String(length=32), nullable=False),
        sa.Column("datum", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("datum IN ('wgs84', 'gcj02', 'bd09')", name=op.f("ck_device_datum")),
        sa.CheckConstraint(
            "protocol IN ('json', 'gpx', 'csv', 'geojson', 'osmand', 'owntracks', 'mqtt', 'nmea', 'ais', 'jt808', 'jt809')",
            name=op.f("ck_device_protocol"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("code", name=op.f("uq_device_code")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    op.create_table(
        "vehicle",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=True),
        sa.Column("tare_kg", sa.Float(), nullable=True),
        sa.Column("rated_payload_kg", sa.Float(), nullable=True),
        sa.Column("mmsi", sa.String(length=9), nullable=True),
        sa.CheckConstraint("mode IN ('road', 'water')", name=op.f("ck_vehicle_mode")),
        sa.CheckConstraint("rated_payload_kg > 0", name=op.f("ck_vehicle_payload")),
        sa.CheckConstraint("tare_kg > 0", name=op.f("ck_vehicle_tare")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_vehicle_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("code", name=op.f("uq_vehicle_code")),
    )
    op.create_index(op.f("ix_vehicle_organisation_id"), "vehicle", ["organisation_id"], unique=False)
    op.create_table(
        "device_binding",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("device_id", ROW_ID, nullable=False),
        sa.Column("vehicle_id", ROW_ID, nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_device_binding_validity")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_binding_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_device_binding_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_binding")),
        sa.UniqueConstraint("device_id", "valid_from", name=op.f("uq_device_binding_device_id_valid_from")),
    )
    op.create_index(
        "ix_device_binding_vehicle_id_valid_from",
        "device_binding",
        ["vehicle_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "scale",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("accuracy_class", sa.String(length=8), nullable=True),
        sa.Column("division_kg", sa.Float(), nullable=True),
        sa.Column("max_kg", sa.Float(), nullable=True),
        sa.Column("certificate_valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("division_kg > 0", name=op.f("ck_scale_division")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_scale_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale")),
        sa.UniqueConstraint("code", name=op.f("uq_scale_code")),
    )
    op.create_index(op.f("ix_scale_facility_id"), "scale", ["facility_id"], unique=False)


def create_manifests() -> None:
    """What the paper says."""
    op.create_table(
        "diversion",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("from_site_id", ROW_ID, nullable=False),
        sa.Column("to_site_id", ROW_ID, nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_diversion_validity")),
        sa.ForeignKeyConstraint(
            ["from_site_id"], ["facility.id"], name=op.f("fk_diversion_from_site_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["to_site_id"], ["facility.id"], name=op.f("fk_diversion_to_site_id_facility")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diversion")),
        sa.UniqueConstraint("code", name=op.f("uq_diversion_code")),
    )
    op.create_table(
        "manifest",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("parent_id", ROW_ID, nullable=True),
        sa.Column("origin_id", ROW_ID, nullable=False),
        sa.Column("destination_id", ROW_ID, nullable=False),
        sa.Column("hauler_id", ROW_ID, nullable=True),
        sa.Column("sludge_kind", sa.String(length=32), nullable=False),
        sa.Column("custody_state", sa.String(length=32), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=True),
        sa.Column("diversion", sa.String(length=64), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "custody_state IN ('draft', 'issued', 'loaded', 'in_transit', 'at_transfer', 'in_store', 'arrived', 'accepted', 'part_accepted', 'rejected', 'disposed', 'closed', 'expired', 'cancelled', 'aborted')",
            name=op.f("ck_manifest_custody_state"),
        ),
        sa.CheckConstraint(
            "kind IN ('normal', 'return', 'alternate', 'rescue')", name=op.f("ck_manifest_kind")
        ),
        sa.CheckConstraint(
            "sludge_kind IN ('dewatered', 'dried', 'liquid', 'dredged')", name=op.f("ck_manifest_sludge_kind")
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["facility.id"], name=op.f("fk_manifest_destination_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["hauler_id"], ["organisation.id"], name=op.f("fk_manifest_hauler_id_organisation")
        ),
        sa.ForeignKeyConstraint(["origin_id"], ["facility.id"], name=op.f("fk_manifest_origin_id_facility")),
        sa.ForeignKeyConstraint(["parent_id"], ["manifest.id"], name=op.f("fk_manifest_parent_id_manifest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest")),
        sa.UniqueConstraint("number", name=op.f("uq_manifest_number")),
    )
    op.create_index(op.f("ix_manifest_destination_id"), "manifest", ["destination_id"], unique=False)
    op.create_index(op.f("ix_manifest_hauler_id"), "manifest", ["hauler_id"], unique=False)
    op.create_index("ix_manifest_issued_at_id", "manifest", ["issued_at", "id"], unique=False)
    op.create_index(op.f("ix_manifest_origin_id"), "manifest", ["origin_id"], unique=False)
    op.create_index(op.f("ix_manifest_parent_id"), "manifest", ["parent_id"], unique=False)
    op.create_table(
        "custody_event",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=True),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("leg_seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "to_state IN ('draft', 'issued', 'loaded', 'in_transit', 'at_transfer', 'in_store', 'arrived', 'accepted', 'part_accepted', 'rejected', 'disposed', 'closed', 'expired', 'cancelled', 'aborted')",
            name=op.f("ck_custody_event_to_state"),
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_custody_event_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_event")),
        sa.UniqueConstraint(
            "manifest_id", "to_state", "leg_seq", name=op.f("uq_custody_event_manifest_id_to_state_leg_seq")
        ),
    )
    op.create_index(op.f("ix_custody_event_manifest_id"), "custody_event", ["manifest_id"], unique=False)
    op.create_table(
        "disposal",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("mass_kg", sa.Float(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mass_kg > 0", name=op.f("ck_disposal_mass")),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_disposal_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
        sa.UniqueConstraint("manifest_id", name=op.f("uq_disposal_manifest_id")),
    )
    op.create_table(
        "leg",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("vehicle_code", sa.String(length=64), nullable=False),
        sa.Column("vehicle_id", ROW_ID, nullable=True),
        sa.Column("from_id", ROW_ID, nullable=False),
        sa.Column("to_id", ROW_ID, nullable=False),
        sa.Column("route_id", ROW_ID, nullable=True),
        sa.Column("driver", sa.String(length=100), nullable=True),
        sa.Column("voyage", sa.String(length=64), nullable=True),
        sa.Column("handover_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('road', 'water')", name=op.f("ck_leg_mode")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_leg_seq")),
        sa.ForeignKeyConstraint(["from_id"], ["facility.id"], name=op.f("fk_leg_from_id_facility")),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_leg_manifest_id_manifest")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_leg_route_id_route")),
        sa.ForeignKeyConstraint(["to_id"], ["facility.id"], name=op.f("fk_leg_to_id_facility")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_leg_vehicle_id_vehicle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leg")),
        sa.UniqueConstraint("manifest_id", "seq", name=op.f("uq_leg_manifest_id_seq")),
    )
    op.create_index(op.f("ix_leg_manifest_id"), "leg", ["manifest_id"], unique=False)
    op.create_index(op.f("ix_leg_vehicle_id"), "leg", ["vehicle_id"], unique=False)
    op.create_index(op.f("ix_leg_voyage"), "leg", ["voyage"], unique=False)
    op.create_table(
        "moisture_test",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("leg_seq", sa.Integer(), nullable=False),
        sa.Column("moisture_fraction", sa.Float(), nullable=False),
        sa.Column("u_moisture_fraction", sa.Float(), nullable=True),
        sa.Column("u_basis", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('loaded', 'handover', 'received')", name=op.f("ck_moisture_test_role")),
        sa.CheckConstraint(
            "moisture_fraction >= 0 AND moisture_fraction < 1", name=op.f("ck_moisture_test_moisture")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_moisture_test_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moisture_test")),
        sa.UniqueConstraint(
            "manifest_id", "role", "leg_seq", name=op.f("uq_moisture_test_manifest_id_role_leg_seq")
        ),
    )
    op.create_index(op.f("ix_moisture_test_manifest_id"), "moisture_test", ["manifest_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("accepted_kg", sa.Float(), nullable=True),
        sa.Column("refused_kg", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('accepted', 'part_accepted', 'rejected')", name=op.f("ck_receipt_decision")
        ),
        sa.CheckConstraint("accepted_kg >= 0 AND refused_kg >= 0", name=op.f("ck_receipt_masses")),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_receipt_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("manifest_id", name=op.f("uq_receipt_manifest_id")),
    )
    op.create_table(
        "weighing",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("leg_seq", sa.Integer(), nullable=False),
        sa.Column("gross_kg", sa.Float(), nullable=False),
        sa.Column("tare_kg", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scale_code", sa.String(length=64), nullable=True),
        sa.Column("ticket", sa.String(length=64), nullable=True),
        sa.CheckConstraint("role IN ('loaded', 'handover', 'received')", name=op.f("ck_weighing_role")),
        sa.CheckConstraint("gross_kg > tare_kg AND tare_kg > 0", name=op.f("ck_weighing_net")),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_weighing_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weighing")),
        sa.UniqueConstraint(
            "manifest_id", "role", "leg_seq", name=op.f("uq_weighing_manifest_id_role_leg_seq")
        ),
    )
    op.create_index(op.f("ix_weighing_manifest_id"), "weighing", ["manifest_id"], unique=False)
    op.create_index(op.f("ix_weighing_scale_code"), "weighing", ["scale_code"], unique=False)


def create_fixes() -> None:
    """What devices sent."""
    op.create_table(
        "raw_message",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("device_code", sa.String(length=64), nullable=False),
        sa.Column("device_id", ROW_ID, nullable=True),
        sa.Column("protocol", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "protocol IN ('json', 'gpx', 'csv', 'geojson', 'osmand', 'owntracks', 'mqtt', 'nmea', 'ais', 'jt808', 'jt809')",
            name=op.f("ck_raw_message_protocol"),
        ),
        sa.CheckConstraint(
            "status IN ('accepted', 'quarantined', 'refused')", name=op.f("ck_raw_message_status")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_raw_message_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_message")),
        sa.UniqueConstraint("device_code", "sha256", name=op.f("uq_raw_message_device_code_sha256")),
    )
    op.create_index(op.f("ix_raw_message_device_id"), "raw_message", ["device_id"], unique=False)
    op.create_index(
        "ix_raw_message_status_received_at", "raw_message", ["status", "received_at"], unique=False
    )
    op.create_table(
        "fix",
        sa.Column("device_id", ROW_ID, nullable=False),
        sa.Column("time_ms", sa.BigInteger(), nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=False),
        sa.Column("lon_e7", sa.Integer(), nullable=False),
        sa.Column("speed_kmh", sa.REAL(), nullable=True),
        sa.Column("course_deg", sa.REAL(), nullable=True),
        sa.Column("accuracy_m", sa.REAL(), nullable=True),
        sa.Column("odometer_km", sa.Float(precision=53), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=True),
        sa.Column("load_state", sa.SmallInteger(), nullable=False),
        sa.Column("acc", sa.SmallInteger(), nullable=False),
        sa.Column("doubts", sa.BigInteger(), nullable=False),
        sa.Column("raw_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_fix_device_id_device")),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_message.id"], name=op.f("fk_fix_raw_id_raw_message")),
        sa.PrimaryKeyConstraint("device_id", "time_ms", "lat_e7", "lon_e7", name=op.f("pk_fix")),
        sqlite_with_rowid=False,
    )


def create_journeys() -> None:
    """What the analysis concludes about movement."""
    op.create_table(
        "visit",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("vehicle_id", ROW_ID, nullable=False),
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("entered_ms", sa.BigInteger(), nullable=False),
        sa.Column("left_ms", sa.BigInteger(), nullable=False),
        sa.Column("outside_before_ms", sa.BigInteger(), nullable=True),
        sa.Column("outside_after_ms", sa.BigInteger(), nullable=True),
        sa.Column("fix_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_visit_facility_id_facility")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_visit_vehicle_id_vehicle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_facility_id"), "visit", ["facility_id"], unique=False)
    op.create_index("ix_visit_vehicle_id_entered_ms", "visit", ["vehicle_id", "entered_ms"], unique=False)
    op.create_table(
        "watermark",
        sa.Column("vehicle_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("analysed_to_ms", sa.BigInteger(), nullable=True),
        sa.Column("dirty_from_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_watermark_vehicle_id_vehicle")),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_watermark")),
    )
    op.create_index(op.f("ix_watermark_dirty_from_ms"), "watermark", ["dirty_from_ms"], unique=False)
    op.create_table(
        "manifest_mark",
        sa.Column("manifest_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_manifest_mark_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("manifest_id", name=op.f("pk_manifest_mark")),
    )
    op.create_index(op.f("ix_manifest_mark_dirty"), "manifest_mark", ["dirty"], unique=False)
    op.create_table(
        "trip",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("vehicle_id", ROW_ID, nullable=False),
        sa.Column("origin_id", ROW_ID, nullable=True),
        sa.Column("destination_id", ROW_ID, nullable=True),
        sa.Column("stay_from_ms", sa.BigInteger(), nullable=True),
        sa.Column("departed_ms", sa.BigInteger(), nullable=False),
        sa.Column("arrived_ms", sa.BigInteger(), nullable=False),
        sa.Column("stay_to_ms", sa.BigInteger(), nullable=True),
        sa.Column("start_censored", sa.Boolean(), nullable=False),
        sa.Column("end_censored", sa.Boolean(), nullable=False),
        sa.Column("load", sa.String(length=8), nullable=False),
        sa.Column("distance_m", sa.Float(), nullable=False),
        sa.Column("coverage_fraction", sa.Float(), nullable=False),
        sa.Column("fix_count", sa.Integer(), nullable=False),
        sa.Column("route_id", ROW_ID, nullable=True),
        sa.Column("emptied_ms", sa.BigInteger(), nullable=True),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["facility.id"], name=op.f("fk_trip_destination_id_facility")
        ),
        sa.ForeignKeyConstraint(["origin_id"], ["facility.id"], name=op.f("fk_trip_origin_id_facility")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_trip_route_id_route")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_trip_vehicle_id_vehicle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
        sa.UniqueConstraint("vehicle_id", "departed_ms", name=op.f("uq_trip_vehicle_id_departed_ms")),
    )
    op.create_index("ix_trip_departed_ms", "trip", ["departed_ms"], unique=False)
    op.create_index(op.f("ix_trip_judged"), "trip", ["judged"], unique=False)
    op.create_table(
        "silence",
        sa.Column("vehicle_id", ROW_ID, nullable=False),
        sa.Column("before_ms", sa.BigInteger(), nullable=False),
        sa.Column("after_ms", sa.BigInteger(), nullable=False),
        sa.Column("before_lat", sa.Float(), nullable=False),
        sa.Column("before_lon", sa.Float(), nullable=False),
        sa.Column("after_lat", sa.Float(), nullable=False),
        sa.Column("after_lon", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_silence_vehicle_id_vehicle")),
        sa.PrimaryKeyConstraint("vehicle_id", "before_ms", name=op.f("pk_silence")),
    )
    op.create_table(
        "trip_leg",
        sa.Column("trip_id", ROW_ID, nullable=False),
        sa.Column("leg_id", ROW_ID, nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("margin", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["leg_id"], ["leg.id"], name=op.f("fk_trip_leg_leg_id_leg")),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["trip.id"], name=op.f("fk_trip_leg_trip_id_trip"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trip_id", "leg_id", name=op.f("pk_trip_leg")),
    )
    op.create_index(op.f("ix_trip_leg_leg_id"), "trip_leg", ["leg_id"], unique=False)


def create_findings() -> None:
    """What contradicts, and what people decided about it."""
    op.create_table(
        "decision",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("finding_key", sa.String(length=40), nullable=False),
        sa.Column("finding_version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('confirm', 'explain', 'dismiss')", name=op.f("ck_decision_outcome")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_decision_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_finding_key"), "decision", ["finding_key"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("retracted", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("detected_ms", sa.BigInteger(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("facility_id", ROW_ID, nullable=True),
        sa.Column("route_id", ROW_ID, nullable=True),
        sa.Column("hauler_id", ROW_ID, nullable=True),
        sa.Column("scale_code", sa.String(length=64), nullable=True),
        sa.Column("device_code", sa.String(length=64), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("rule_version", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ghost_trip', 'phantom_manifest', 'wrong_vehicle', 'unknown_vehicle', 'wrong_destination', 'shared_trip', 'not_permitted', 'no_dwell', 'overdue', 'off_route', 'unplanned_stop', 'rendezvous', 'signal_gap', 'teleport', 'frozen_position', 'replayed_track', 'cloned_device', 'clock_skew', 'datum_shift', 'device_tamper', 'handover_mismatch', 'wet_gap', 'dry_gap', 'dilution', 'overload', 'tare_drift', 'repeated_weight', 'moisture_over_limit', 'skimming', 'plant_imbalance', 'site_imbalance', 'over_capacity')",
            name=op.f("ck_finding_kind"),
        ),
        sa.CheckConstraint("severity IN ('low', 'medium', 'high')", name=op.f("ck_finding_severity")),
        sa.CheckConstraint("end_ms >= start_ms", name=op.f("ck_finding_interval")),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_finding_score")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_finding_facility_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["hauler_id"], ["organisation.id"], name=op.f("fk_finding_hauler_id_organisation")
        ),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_finding_route_id_route")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_finding_key_version")),
    )
    op.create_index(op.f("ix_finding_hauler_id"), "finding", ["hauler_id"], unique=False)
    op.create_index("ix_finding_rank", "finding", ["current", "score", "id"], unique=False)
    op.create_index("ix_finding_scope", "finding", ["scope", "start_ms"], unique=False)
    op.create_index(
        "uq_finding_current",
        "finding",
        ["key"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "verdict",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("rule_version", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "value IN ('pending', 'consistent', 'insufficient', 'contradicted')",
            name=op.f("ck_verdict_value"),
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_verdict_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("manifest_id", "version", name=op.f("uq_verdict_manifest_id_version")),
    )
    op.create_index("ix_verdict_current_value", "verdict", ["current", "value"], unique=False)
    op.create_index(
        "uq_verdict_current",
        "verdict",
        ["manifest_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "finding_manifest",
        sa.Column("finding_id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_manifest_finding_id_finding")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_finding_manifest_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("finding_id", "manifest_id", name=op.f("pk_finding_manifest")),
    )
    op.create_index(
        op.f("ix_finding_manifest_manifest_id"), "finding_manifest", ["manifest_id"], unique=False
    )
    op.create_table(
        "finding_vehicle",
        sa.Column("finding_id", ROW_ID, nullable=False),
        sa.Column("vehicle_code", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_vehicle_finding_id_finding")
        ),
        sa.PrimaryKeyConstraint("finding_id", "vehicle_code", name=op.f("pk_finding_vehicle")),
    )
    op.create_index(
        op.f("ix_finding_vehicle_vehicle_code"), "finding_vehicle", ["vehicle_code"], unique=False
    )


def create_days() -> None:
    """What plants and sites report for each day."""
    op.create_table(
        "plant_day",
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("influent_m3", sa.Float(), nullable=True),
        sa.Column("cod_in_mg_l", sa.Float(), nullable=True),
        sa.Column("cod_out_mg_l", sa.Float(), nullable=True),
        sa.Column("bod_in_mg_l", sa.Float(), nullable=True),
        sa.Column("bod_out_mg_l", sa.Float(), nullable=True),
        sa.Column("ss_in_mg_l", sa.Float(), nullable=True),
        sa.Column("ss_out_mg_l", sa.Float(), nullable=True),
        sa.Column("stock_t", sa.Float(), nullable=True),
        sa.Column("stock_moisture", sa.Float(), nullable=True),
        sa.Column("additives_t", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_plant_day_facility_id_facility")
        ),
        sa.PrimaryKeyConstraint("facility_id", "day", name=op.f("pk_plant_day")),
    )
    op.create_table(
        "site_day",
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("processed_t", sa.Float(), nullable=True),
        sa.Column("processed_moisture", sa.Float(), nullable=True),
        sa.Column("product_t", sa.Float(), nullable=True),
        sa.Column("ash_t", sa.Float(), nullable=True),
        sa.Column("hours_run", sa.Float(), nullable=True),
        sa.Column("stock_t", sa.Float(), nullable=True),
        sa.Column("stock_moisture", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_site_day_facility_id_facility")
        ),
        sa.PrimaryKeyConstraint("facility_id", "day", name=op.f("pk_site_day")),
    )


def create_limits() -> None:
    """The dated table of limits."""
    op.create_table(
        "rule_limit",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("inclusive", sa.Boolean(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("standard", sa.String(length=64), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_limit")),
        sa.UniqueConstraint("subject", "valid_from", name=op.f("uq_rule_limit_subject_valid_from")),
    )


def create_worlds() -> None:
    """Which scenario folders were loaded."""
    op.create_table(
        "scenario",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("reaches_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reaches_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("name", name=op.f("uq_scenario_name")),
    )


def lock_insert_only_tables() -> None:
    """Evidence is added, never changed: the database itself says no, with a sentence."""
    if op.get_bind().dialect.name == "postgresql":
        lock_on_postgresql()
    else:
        lock_on_sqlite()


def lock_on_sqlite() -> None:
    """One trigger a table and verb."""
    for table in INSERT_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
            )


def lock_on_postgresql() -> None:
    """One function says no for all; TRUNCATE passes by row triggers, so it has its own."""
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
