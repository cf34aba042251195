// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Values of the database service in the text form of PostgreSQL's protocol.

#include <libpq-fe.h>

#include <sluice/sdk/database.hpp>
#include <span>
#include <string>
#include <vector>

namespace sluice::state {

/// Parameters as libpq takes them: texts whose types the server infers.
class PostgresParams {
 public:
  explicit PostgresParams(std::span<const sdk::SqlParam> params);
  const char* const* data() const { return pointers_.data(); }
  int size() const { return static_cast<int>(pointers_.size()); }

 private:
  std::vector<std::string> texts_;
  std::vector<const char*> pointers_;
};

/// All rows of an answer. \returns  kInvalidArgument when they are too many.
sdk::Result<sdk::SqlResult> RowsOf(PGresult* answer);

}  // namespace sluice::state
