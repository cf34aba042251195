// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Definitions: the EXT-X-DEFINE tags of one playlist.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "attributes.hpp"
#include "note.hpp"
#include "variables.hpp"

namespace sluice::plugins::hls {

/// A tag whose value is known here and not to the viewer.
struct Definition {
  std::string_view attribute;  ///< QUERYPARAM or IMPORT, name and value: to be replaced by NAME and VALUE.
  std::string_view name;
  std::string value;
};

/// RFC 8216bis §4.4.2.3. Neither do the parameters of the upstream's URL stand in the viewer's, nor need the viewer's
/// multivariant playlist be the one that the link came from.
class Definitions {
 public:
  /// \param url   where the playlist was finally retrieved from. \param from  of the link by which the viewer came.
  /// Both outlive this. \param max_bytes  all definitions together.
  Definitions(std::string_view url, const Note& from, std::size_t max_bytes);

  /// \param list  attributes of one tag. \param definition  set when the tag cannot stay as it is.
  /// \returns  false when the definitions would become too long together.
  bool Read(std::string_view list, std::optional<Definition>& definition);

  const Variables& variables() const { return variables_; }

 private:
  bool ReadQueryParam(const AttributeScanner& attribute, std::optional<Definition>& definition);
  bool ReadImport(const AttributeScanner& attribute, std::optional<Definition>& definition);

  const std::string_view url_;
  const Note& from_;
  Variables variables_;
};

}  // namespace sluice::plugins::hls
