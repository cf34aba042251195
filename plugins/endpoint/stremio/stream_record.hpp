// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A stream as filter expressions see it.

#include <string>
#include <string_view>
#include <vector>

#include "expression.hpp"
#include "record.hpp"
#include "stream.hpp"

namespace sluice::plugins::stremio {

/// Looks into what it is made of. Sizes, seeders and the cache that are not known are nil; other texts are empty, and
/// the year is 0; File.Idx is -1.
class StreamRecord final : public Record {
 public:
  /// \param kind  "movie", "series" or "anime". \param addon  its name.
  StreamRecord(const Stream& stream, std::string_view kind, std::string_view addon)
      : stream_(stream), kind_(kind), addon_(addon) {}

  Value Get(Field field) const override;

 private:
  Value OfRelease(Field field) const;

  const Stream& stream_;
  std::string_view kind_;
  std::string_view addon_;
};

/// Drops what the filter does not keep. \param kind, addon  as StreamRecord has them. Threads: [any].
void KeepWanted(std::vector<Stream>& streams, const Filter& filter, std::string_view kind, std::string_view addon);

}  // namespace sluice::plugins::stremio
