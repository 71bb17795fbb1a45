"""The tables of the store. Every row carries its owner; the words are in ``turn`` and only there.

SQLAlchemy's Core rather than its mapper: the store reads rows straight into frozen values, and
leaving ``sqlalchemy.orm`` unimported saves a quarter of the time that the library takes to load.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One row an owner. `revision` grows with every write and stamps the turns it changed, `epoch`
# with every forgetting: what lets an in-memory index read only what is new. `unscrubbed` is set
# while forgotten words may still lie in the file's free pages.
owner = Table(
    "owner",
    metadata,
    Column("name", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("unscrubbed", Boolean, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    Column("key", String, nullable=False),
    UniqueConstraint("owner", "key"),
    sqlite_autoincrement=True,
)

# The verbatim transcript. The text comes last: filtering on the other columns then reads no
# overflow page of a long turn. `memory_id` is the memory that the turn became or restated.
turn = Table(
    "turn",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    Column("session_id", Integer, ForeignKey("session.id"), nullable=False),
    Column("consolidated", Boolean, nullable=False),
    Column("memory_id", Integer, ForeignKey("memory.id")),
    Column("revision", Integer, nullable=False),
    Column("said_at", BigInteger, nullable=False),  # microseconds of UTC since 1970
    Column("offset_s", Integer, nullable=False),  # the offset it was said in
    Column("role", String, nullable=False),
    Column("speaker", String, nullable=False),
    Column("ref", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("row_hash", LargeBinary),  # of what was said, by whom and when: see ``sealing``
    Column("recited", Boolean),  # it only says again what memory holds; null in files of before
    UniqueConstraint("owner", "ref"),
    Index("ix_turn_owner", "owner"),
    Index("ix_turn_owner_revision", "owner", "revision"),
    # The owner comes second for SQLite to see that these narrow more than the owner alone does.
    Index("ix_turn_session_id_owner", "session_id", "owner"),
    Index("ix_turn_memory_id_owner", "memory_id", "owner"),
    Index("ix_turn_owner_consolidated", "owner", "consolidated"),
    sqlite_autoincrement=True,
)

turn_vector = Table(
    "turn_vector",
    metadata,
    Column("turn_id", Integer, ForeignKey("turn.id"), primary_key=True),
    Column("owner", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # float16, little-endian
    Index("ix_turn_vector_owner_fingerprint", "owner", "fingerprint"),
)

# What was worked out about the words of one turn. Keyed by the turn and not by the memory: when
# the turn quoted is forgotten, what was read out of it goes too, and the memory takes over what
# was read out of the turn that it quotes next.
reading = Table(
    "reading",
    metadata,
    Column("turn_id", Integer, ForeignKey("turn.id"), primary_key=True),
    Column("owner", String, nullable=False),
    Column("salience", Float, nullable=False),
    Column("subject", String),
    Column("value", String),
    # Of the speaker and the words without their dress: equal for two that restate each other.
    Column("words_hash", LargeBinary),
    Column("row_hash", LargeBinary),  # of the reading with its dates and statements
    Index("ix_reading_owner_subject", "owner", "subject"),
    Index("ix_reading_owner_words_hash", "owner", "words_hash"),
)

reading_date = Table(
    "reading_date",
    metadata,
    Column("turn_id", Integer, ForeignKey("reading.turn_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    Column("phrase", String, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
)

# Two clocks: from `said_at` of its turn to `superseded_at` it was believed, from `valid_from` to
# `valid_to` (ISO dates or datetimes, null for open or unknown) it is true. All other instants are
# microseconds of UTC since 1970.
memory = Table(
    "memory",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    # The turn quoted. No foreign key, as turn.memory_id points back; `check` looks at both ways.
    Column("turn_id", Integer, nullable=False),
    Column("superseded_by", Integer, ForeignKey("memory.id")),
    Column("superseded_at", BigInteger),
    Column("pinned", Boolean, nullable=False),
    Column("archived_at", BigInteger),  # null while active
    Column("valid_from", String),
    Column("valid_to", String),
    Column("row_hash", LargeBinary),
    UniqueConstraint("turn_id"),
    Index("ix_memory_owner", "owner"),
    Index("ix_memory_superseded_by", "superseded_by"),
    sqlite_autoincrement=True,
)

# What a memory's words were before they were edited: the turn is in the transcript only.
memory_version = Table(
    "memory_version",
    metadata,
    Column("turn_id", Integer, ForeignKey("turn.id"), primary_key=True),
    Column("memory_id", Integer, ForeignKey("memory.id"), nullable=False),
    Column("owner", String, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index("ix_memory_version_memory_id_owner", "memory_id", "owner"),
)

# One row a use, and one a restatement, which names its turn. Strength is computed from these.
memory_use = Table(
    "memory_use",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("memory_id", Integer, ForeignKey("memory.id"), nullable=False),
    Column("owner", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("turn_id", Integer, ForeignKey("turn.id")),
    Index("ix_memory_use_memory_id_owner", "memory_id", "owner"),
    Index("ix_memory_use_turn_id", "turn_id"),
)

# Every statement that was read in a memory's words. Keyed by the turn, as a reading is.
memory_statement = Table(
    "memory_statement",
    metadata,
    Column("turn_id", Integer, ForeignKey("reading.turn_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("memory_id", Integer, ForeignKey("memory.id"), nullable=False),
    Column("owner", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("value", String),
    Column("exclusive", Boolean, nullable=False),
    Column("words", String, nullable=False),
    Column("superseded_by", Integer, ForeignKey("memory.id")),
    Column("superseded_at", BigInteger),
    Index("ix_memory_statement_memory_id_owner", "memory_id", "owner"),
    Index("ix_memory_statement_owner_subject", "owner", "subject"),
    Index("ix_memory_statement_superseded_by", "superseded_by"),
)

# Two memories that may contradict each other, for the user to say which holds.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    Column("earlier", Integer, ForeignKey("memory.id"), nullable=False),
    Column("later", Integer, ForeignKey("memory.id"), nullable=False),
    Column("subject", String),
    Column("asked_at", BigInteger, nullable=False),
    Column("answer", String),
    Column("answered_at", BigInteger),
    Column("row_hash", LargeBinary),
    UniqueConstraint("owner", "earlier", "later"),
    Index("ix_inbox_earlier", "earlier"),
    Index("ix_inbox_later", "later"),
    sqlite_autoincrement=True,
)

# The journal of changes that can be undone. `before` is JSON: the rows changed, as they were.
change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("before", Text, nullable=False),
    Column("undone_at", BigInteger),
    Column("row_hash", LargeBinary),
    Index("ix_change_owner", "owner"),
    sqlite_autoincrement=True,
)

alembic_version = Table(
    "alembic_version",
    MetaData(),  # Alembic's own; kept apart so that comparing models with a file ignores it
    Column("version_num", String(32), primary_key=True),
)

# Terms come ready-made from ``search.Lexicon``, parted by spaces; the ascii tokenizer leaves
# every other script alone and never splits a Chinese bigram. The rowid is the turn's id.
CREATE_TURN_TEXT = "CREATE VIRTUAL TABLE turn_text USING fts5(terms, tokenize = 'ascii')"
DROP_TURN_TEXT = "DROP TABLE turn_text"

_creation, _removal = DDL(CREATE_TURN_TEXT), DDL(DROP_TURN_TEXT)  # type: ignore[no-untyped-call]
event.listen(metadata, "after_create", _creation.execute_if(dialect="sqlite"))
event.listen(metadata, "before_drop", _removal.execute_if(dialect="sqlite"))
