// SPDX-License-Identifier: MIT
#include "store/common/link_hash.hpp"

#include <sluice/sdk/url.hpp>

#include "store/common/digest.hpp"

namespace sluice::plugins::store {

std::string NzbLinkName(std::string_view link) {
  link = link.substr(0, link.find('#'));
  const auto mark = link.find('?');
  const auto path = link.substr(0, mark);
  if (mark == std::string_view::npos) return std::string(path.substr(0, path.find('&')));
  const auto query = link.substr(mark + 1);
  const auto type = sdk::QueryParam(query, "t");
  const auto id = sdk::QueryParam(query, "id");
  const bool is_get = type && (*type == "get" || *type == "g");
  if (!path.ends_with("/api") || !is_get || !id || id->empty()) return std::string(path);
  return std::string(path) + "?t=" + std::string(*type) + "&id=" + std::string(*id);
}

std::string HashOfNzbLink(std::string_view link) { return Md5Hex(NzbLinkName(link)); }

std::string HashOfWebLink(std::string_view link) { return Md5Hex(link); }

}  // namespace sluice::plugins::store
