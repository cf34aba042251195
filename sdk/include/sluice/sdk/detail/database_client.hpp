// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The database service as a plugin calls it. A null table makes a null object.

#include <sluice/sdk/detail/sql_views.hpp>

namespace sluice::sdk::detail {

class TransactionClient final : public SqlTransaction {
 public:
  explicit TransactionClient(const sluice_transaction& transaction) : transaction_(transaction) {}
  using SqlTransaction::Run;
  Result<SqlResult> Run(std::string_view sql, std::span<const SqlParam> params) override {
    const SqlParams views(params);
    RowTaker rows;
    std::uint64_t changed = 0;
    sluice_error error{};
    const auto status =
        transaction_.run(transaction_.ctx, Str(sql), views.data(), views.size(), rows.sink(), &changed, &error);
    if (status != SLUICE_OK) return ToError(status, error);
    return rows.Take(changed);
  }

 private:
  const sluice_transaction& transaction_;
};

class DatabaseClient final : public DatabaseService {
 public:
  explicit DatabaseClient(const sluice_database_service* service) : service_(service) {}
  using DatabaseService::Read;
  Result<SqlResult> Read(const Call& call, std::string_view sql, std::span<const SqlParam> params) override {
    if (service_ == nullptr) return MissingService(SLUICE_DATABASE_SERVICE);
    const SqlParams views(params);
    RowTaker rows;
    sluice_error error{};
    const auto status =
        service_->read(service_->ctx, &call.abi(), Str(sql), views.data(), views.size(), rows.sink(), &error);
    if (status != SLUICE_OK) return ToError(status, error);
    return rows.Take(0);
  }
  Status Transact(const Call& call, const SqlWork& work) override {
    if (service_ == nullptr) return MissingService(SLUICE_DATABASE_SERVICE);
    // Lent for the call, and never written to: C has one `ctx` for all.
    sluice_transaction_work lent{const_cast<SqlWork*>(&work), &DatabaseClient::Work};
    sluice_error error{};
    return ToStatus(service_->transact(service_->ctx, &call.abi(), lent, &error), error);
  }

 private:
  static sluice_status Work(void* ctx, const sluice_transaction* transaction, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      TransactionClient client(*transaction);
      return (*static_cast<const SqlWork*>(ctx))(client);
    });
  }
  const sluice_database_service* service_;
};

}  // namespace sluice::sdk::detail
