"""Which documents were signed by whom, and which loads come from which? Signatures, links, piles, voyages.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from migrations.insert_only import lock, unlock

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's own row id
INSERT_ONLY = (
    "signed_document",
    "signature",
    "code_attempt",
    "stock_entry",
)  # links of a draft may still change


def upgrade() -> None:
    """Tables in the order in which they refer to each other."""
    make_signed_document()
    make_signature()
    make_signing_code()
    make_code_attempt()
    make_manifest_link()
    make_stock_entry()
    make_voyage()
    make_product_dispatch()
    for table in INSERT_ONLY:
        lock(table)


def downgrade() -> None:
    """The other way round."""
    for table in INSERT_ONLY:
        unlock(table)
    for table in (
        "product_dispatch",
        "voyage",
        "stock_entry",
        "manifest_link",
        "code_attempt",
        "signing_code",
        "signature",
        "signed_document",
    ):
        op.drop_table(table)


def make_signed_document() -> None:
    op.create_table(
        "signed_document",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_signed_document_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_document")),
        sa.UniqueConstraint("manifest_id", "digest", name=op.f("uq_signed_document_manifest_id_digest")),
    )
    op.create_index(op.f("ix_signed_document_digest"), "signed_document", ["digest"], unique=False)


def make_signature() -> None:
    op.create_table(
        "signature",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("capacity", sa.String(length=32), nullable=False),
        sa.Column("leg_seq", sa.Integer(), nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.Column("signer", sa.String(length=100), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("assurance", sa.String(length=32), nullable=False),
        sa.Column("server_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("document_id", ROW_ID, nullable=False),
        sa.CheckConstraint(
            "act IN ('draw_up', 'issue', 'discard', 'cancel', 'cancel_loaded', 'load', 'depart', 'hand_over', 'take_over', 'store', 'reload', 'arrive', 'accept', 'part_accept', 'reject', 'dispose', 'abort', 'regroup', 'expire', 'close')",
            name=op.f("ck_signature_act"),
        ),
        sa.CheckConstraint("assurance IN ('low', 'medium', 'high')", name=op.f("ck_signature_assurance")),
        sa.CheckConstraint(
            "capacity IN ('origin', 'carrier', 'store', 'receiver', 'regulator', 'machine')",
            name=op.f("ck_signature_capacity"),
        ),
        sa.CheckConstraint(
            "method IN ('password', 'recent_login', 'one_time_code', 'api_token', 'emergency_paper')",
            name=op.f("ck_signature_method"),
        ),
        sa.CheckConstraint(
            "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_signature_place")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["signed_document.id"], name=op.f("fk_signature_document_id_signed_document")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_signature_manifest_id_manifest")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_signature_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_signature_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index("ix_signature_manifest_id_id", "signature", ["manifest_id", "id"], unique=False)


def make_signing_code() -> None:
    op.create_table(
        "signing_code",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("leg_seq", sa.Integer(), nullable=False),
        sa.Column("organisation_id", ROW_ID, nullable=False),
        sa.Column("signer", sa.String(length=100), nullable=False),
        sa.Column("code_hash", sa.String(length=255), nullable=False),
        sa.Column("issued_by_id", ROW_ID, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "act IN ('draw_up', 'issue', 'discard', 'cancel', 'cancel_loaded', 'load', 'depart', 'hand_over', 'take_over', 'store', 'reload', 'arrive', 'accept', 'part_accept', 'reject', 'dispose', 'abort', 'regroup', 'expire', 'close')",
            name=op.f("ck_signing_code_act"),
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["user_account.id"], name=op.f("fk_signing_code_issued_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_signing_code_manifest_id_manifest")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_signing_code_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_code")),
    )
    op.create_index("ix_signing_code_manifest_id_id", "signing_code", ["manifest_id", "id"], unique=False)


def make_code_attempt() -> None:
    op.create_table(
        "code_attempt",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_code_attempt_manifest_id_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_attempt")),
    )
    op.create_index("ix_code_attempt_address_at", "code_attempt", ["address", "at"], unique=False)
    op.create_index("ix_code_attempt_manifest_id_at", "code_attempt", ["manifest_id", "at"], unique=False)


def make_manifest_link() -> None:
    op.create_table(
        "manifest_link",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("parent_id", ROW_ID, nullable=False),
        sa.Column("child_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("wet_kg", sa.Float(), nullable=False),
        sa.Column("dry_kg", sa.Float(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('normal', 'return', 'alternate', 'rescue', 'split', 'group')",
            name=op.f("ck_manifest_link_kind"),
        ),
        sa.CheckConstraint("parent_id <> child_id", name=op.f("ck_manifest_link_not_itself")),
        sa.CheckConstraint(
            "wet_kg > 0 AND (dry_kg IS NULL OR dry_kg >= 0)", name=op.f("ck_manifest_link_masses")
        ),
        sa.ForeignKeyConstraint(
            ["child_id"], ["manifest.id"], name=op.f("fk_manifest_link_child_id_manifest")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["manifest.id"], name=op.f("fk_manifest_link_parent_id_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest_link")),
        sa.UniqueConstraint("parent_id", "child_id", name=op.f("uq_manifest_link_parent_id_child_id")),
    )
    op.create_index(op.f("ix_manifest_link_child_id"), "manifest_link", ["child_id"], unique=False)


def make_stock_entry() -> None:
    op.create_table(
        "stock_entry",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("pile", sa.String(length=64), nullable=False),
        sa.Column("move", sa.String(length=32), nullable=False),
        sa.Column("manifest_id", ROW_ID, nullable=True),
        sa.Column("wet_kg", sa.Float(), nullable=False),
        sa.Column("dry_kg", sa.Float(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "move IN ('stored', 'loaded', 'accepted', 'disposed', 'measured')",
            name=op.f("ck_stock_entry_move"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_stock_entry_facility_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name=op.f("fk_stock_entry_manifest_id_manifest")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_stock_entry_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_entry")),
    )
    op.create_index(
        "ix_stock_entry_facility_id_pile_at", "stock_entry", ["facility_id", "pile", "at"], unique=False
    )
    op.create_index("ix_stock_entry_manifest_id", "stock_entry", ["manifest_id"], unique=False)


def make_voyage() -> None:
    op.create_table(
        "voyage",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("vehicle_id", ROW_ID, nullable=False),
        sa.Column("from_id", ROW_ID, nullable=False),
        sa.Column("to_id", ROW_ID, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("departed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('road', 'water')", name=op.f("ck_voyage_mode")),
        sa.ForeignKeyConstraint(["from_id"], ["facility.id"], name=op.f("fk_voyage_from_id_facility")),
        sa.ForeignKeyConstraint(["to_id"], ["facility.id"], name=op.f("fk_voyage_to_id_facility")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_voyage_vehicle_id_vehicle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voyage")),
        sa.UniqueConstraint("code", name=op.f("uq_voyage_code")),
    )
    op.create_index(op.f("ix_voyage_vehicle_id"), "voyage", ["vehicle_id"], unique=False)


def make_product_dispatch() -> None:
    op.create_table(
        "product_dispatch",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("facility_id", ROW_ID, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("product", sa.String(length=100), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=True),
        sa.Column("mass_kg", sa.Float(), nullable=False),
        sa.Column("moisture_fraction", sa.Float(), nullable=True),
        sa.Column("use", sa.String(length=200), nullable=False),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("receiver_id", ROW_ID, nullable=True),
        sa.Column("vehicle", sa.String(length=64), nullable=True),
        sa.Column("ticket", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.CheckConstraint("mass_kg > 0", name=op.f("ck_product_dispatch_mass")),
        sa.CheckConstraint(
            "moisture_fraction >= 0 AND moisture_fraction < 1", name=op.f("ck_product_dispatch_moisture")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_product_dispatch_facility_id_facility")
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["organisation.id"], name=op.f("fk_product_dispatch_receiver_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_product_dispatch_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_dispatch")),
        sa.UniqueConstraint("number", name=op.f("uq_product_dispatch_number")),
    )
    op.create_index(
        "ix_product_dispatch_facility_id_at", "product_dispatch", ["facility_id", "at"], unique=False
    )
