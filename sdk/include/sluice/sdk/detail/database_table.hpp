// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The database service as a C table.

#include <sluice/sdk/detail/sql_views.hpp>

namespace sluice::sdk::detail {

/// `transaction` outlives it.
inline sluice_transaction TransactionTable(SqlTransaction& transaction) noexcept {
  return {.struct_size = SizeOf<sluice_transaction>(),
          .reserved = 0,
          .ctx = &transaction,
          .run = [](void* ctx, sluice_str sql, const sluice_sql_value* params, size_t param_count, sluice_row_sink out,
                    uint64_t* changed, sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&]() -> Status {
              auto result = static_cast<SqlTransaction*>(ctx)->Run(View(sql), FromSqlValues(params, param_count));
              if (!result) return std::move(result).error();
              PutRows(*result, out);
              *changed = result->changed;
              return Ok();
            });
          }};
}

inline sluice_database_service DatabaseTable(DatabaseService* service) noexcept {
  return {.struct_size = SizeOf<sluice_database_service>(),
          .reserved = 0,
          .ctx = service,
          .read = [](void* ctx, const sluice_call* call, sluice_str sql, const sluice_sql_value* params,
                     size_t param_count, sluice_row_sink out, sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&]() -> Status {
              auto result =
                  static_cast<DatabaseService*>(ctx)->Read(Call(*call), View(sql), FromSqlValues(params, param_count));
              if (!result) return std::move(result).error();
              PutRows(*result, out);
              return Ok();
            });
          },
          .transact = [](void* ctx, const sluice_call* call, sluice_transaction_work work,
                         sluice_error* error) noexcept -> sluice_status {
            return Barrier(error, [&] {
              return static_cast<DatabaseService*>(ctx)->Transact(Call(*call), [&](SqlTransaction& transaction) {
                const auto table = TransactionTable(transaction);
                sluice_error fault{};
                return ToStatus(work.run(work.ctx, &table, &fault), fault);
              });
            });
          }};
}

}  // namespace sluice::sdk::detail
