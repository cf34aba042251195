/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Database service: tables that outlive the process, in SQLite or PostgreSQL, in a name space of the component's own.
 * Which SQL both engines take is in docs/sdk/database.md.
 */
#ifndef SLUICE_ABI_DATABASE_H_
#define SLUICE_ABI_DATABASE_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_DATABASE_SERVICE "sluice.database/1"

/** What a value is. Append only; a reader treats a value it does not know as SLUICE_SQL_NULL. */
typedef uint32_t sluice_sql_type;
enum {
  SLUICE_SQL_NULL = 0,
  SLUICE_SQL_INTEGER = 1, /* `integer`; truth values are 0 and 1 */
  SLUICE_SQL_REAL = 2,    /* `real` */
  SLUICE_SQL_TEXT = 3,    /* `text`: UTF-8 without NUL */
  SLUICE_SQL_BYTES = 4    /* `text`: any octets */
};

/** A parameter of a statement, or a value of a row. The fields that `type` does not name are 0. */
typedef struct sluice_sql_value {
  sluice_sql_type type;
  uint32_t reserved; /* 0 */
  int64_t integer;
  double real;
  sluice_str text;
} sluice_sql_value;

/** Takes rows, one at a time. `put` answers non-zero when the receiver wants no more. The receiver copies. */
typedef struct sluice_row_sink {
  void* ctx;
  uint32_t (*put)(void* ctx, const sluice_sql_value* values, size_t value_count);
} sluice_row_sink;

/** A transaction under way; lent to `sluice_transaction_work::run`, and good until that returns. Threads: one. */
typedef struct sluice_transaction {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** One statement with its parameters, $1 and on. On SLUICE_OK its rows were put, and `*changed` says how many it
   * wrote. After any error the transaction can only be given up. Errors as of sluice_database_service. */
  sluice_status (*run)(void* ctx, sluice_str sql, const sluice_sql_value* params, size_t param_count,
                       sluice_row_sink out, uint64_t* changed, sluice_error* error);
} sluice_transaction;

/** What is done in one transaction. `run` answers SLUICE_OK to have it committed, and any error to give it up. It may
 * be called again after an error of a statement's or of the commit: it keeps nothing of an earlier time. */
typedef struct sluice_transaction_work {
  void* ctx;
  sluice_status (*run)(void* ctx, const sluice_transaction* transaction, sluice_error* error);
} sluice_transaction_work;

/**
 * From each: SLUICE_INVALID_ARGUMENT (SQL that the engine does not take, a constraint that is broken, more than 100,000
 * rows), SLUICE_UPSTREAM_FAILED (the database is away, full or of a newer server), SLUICE_DEADLINE_EXCEEDED,
 * SLUICE_CANCELLED. A table of the component's is written {name}. Not from `create`. Threads: [any].
 */
typedef struct sluice_database_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** One statement that writes nothing. */
  sluice_status (*read)(void* ctx, const sluice_call* call, sluice_str sql, const sluice_sql_value* params,
                        size_t param_count, sluice_row_sink out, sluice_error* error);
  /** All of `work` or nothing, as if no other transaction ran beside it. On SLUICE_OK it is durable. What `work`
   * answered, if that was an error. After SLUICE_UPSTREAM_FAILED it may have been committed all the same. */
  sluice_status (*transact)(void* ctx, const sluice_call* call, sluice_transaction_work work, sluice_error* error);
} sluice_database_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_DATABASE_H_ */
