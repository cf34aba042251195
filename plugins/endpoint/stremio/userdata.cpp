// SPDX-License-Identifier: MIT
#include "userdata.hpp"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "store_codes.hpp"
#include "text.hpp"

namespace sluice::plugins::stremio {
namespace {

using Json = nlohmann::ordered_json;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

sdk::Error UnknownMember(std::string place, std::string_view wanted) {
  place.append(": has a member that is not known; want ").append(wanted);
  return Invalid(std::move(place));
}

sdk::Status CheckText(const std::string& place, std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes && IsPlainText(text)) return sdk::Ok();
  return Invalid(place + ": want text of at most " + std::to_string(max_bytes) + " octets, without control characters");
}

sdk::Status CheckCode(const UserData& data, std::size_t index, const std::string& place) {
  const auto& code = data.stores[index].code;
  const bool alone = code == kServerStores || code == kPeerToPeer;
  if (alone && data.stores.size() > 1)
    return Invalid(place + R"(: "" and "p2p" stand alone; want no other store beside them)");
  if (!alone && StoreNameOf(code).empty()) return Invalid(place + R"(: want the code of a store, "" or "p2p")");
  for (std::size_t i = 0; i < index; ++i)
    if (data.stores[i].code == code) return Invalid(place + ": want each store once");
  return sdk::Ok();
}

sdk::Status CheckStore(UserData& data, std::size_t index) {
  const auto place = RowName("stores", index);
  auto& store = data.stores[index];
  if (auto code = CheckCode(data, index, place + ".c"); !code) return code;
  if (auto token = CheckText(place + ".t", store.token, kMaxTokenBytes); !token) return token;
  if (!store.auth.empty() && !sdk::IsUuid(store.auth)) return Invalid(place + ".auth: want a UUID");
  store.auth = sdk::LowerCase(store.auth);
  const bool has_account = !store.token.empty() || !store.auth.empty();
  if (store.code == kPeerToPeer && has_account) return Invalid(place + ": want neither t nor auth for p2p");
  if (store.code != kPeerToPeer && !has_account) return Invalid(place + ": want t or auth");
  return sdk::Ok();
}

sdk::Status CheckIndexer(const UserData& data, std::size_t index) {
  const auto place = RowName("indexers", index);
  const auto& indexer = data.indexers[index];
  if (!IsIndexerKind(indexer.name)) return Invalid(place + R"(.n: want "generic", "jackett" or "prowlarr")");
  if (indexer.url.empty()) return Invalid(place + ".u: want a URL");
  if (auto url = CheckText(place + ".u", indexer.url, kMaxUrlBytes); !url) return url;
  return CheckText(place + ".ak", indexer.api_key, kMaxApiKeyBytes);
}

/// Refuses members of other names. They are not repeated: a secret may have been put in the wrong place.
sdk::Status CheckMembers(const Json& object, const std::string& place, std::initializer_list<std::string_view> names) {
  for (const auto& item : object.items()) {
    if (std::ranges::find(names, std::string_view{item.key()}) != names.end()) continue;
    std::string wanted;
    for (const auto name : names) wanted.append(wanted.empty() ? "" : ", ").append(name);
    return UnknownMember(place, wanted);
  }
  return sdk::Ok();
}

const Json* Member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

sdk::Status ReadText(const Json& object, const std::string& place, const char* name, std::string& out) {
  const auto* const member = Member(object, name);
  if (member == nullptr) return sdk::Ok();
  if (!member->is_string()) return Invalid(place + name + ": want text");
  out = member->get_ref<const std::string&>();
  return sdk::Ok();
}

sdk::Status ReadTruth(const Json& object, const char* name, bool& out) {
  const auto* const member = Member(object, name);
  if (member == nullptr) return sdk::Ok();
  if (!member->is_boolean()) return Invalid(std::string(name) + ": want true or false");
  out = member->get<bool>();
  return sdk::Ok();
}

/// What texts an element of a list has, and where they go.
template <typename Choice>
struct TextField {
  const char* name;
  std::string Choice::*to;
  bool required;
};

template <typename Choice>
sdk::Status ReadList(const Json& object, const char* list, std::vector<Choice>& out, std::size_t max,
                     std::initializer_list<TextField<Choice>> fields) {
  const auto* const member = Member(object, list);
  if (member == nullptr) return sdk::Ok();
  if (!member->is_array() || member->size() > max)
    return Invalid(std::string(list) + ": want a list of at most " + std::to_string(max));
  for (const auto& element : *member) {
    const auto place = RowName(list, out.size());
    if (!element.is_object()) return Invalid(place + ": want an object");
    auto& choice = out.emplace_back();
    std::string wanted;
    std::size_t known = 0;
    for (const auto& field : fields) {
      if (auto text = ReadText(element, place + ".", field.name, choice.*field.to); !text) return text;
      if (field.required && Member(element, field.name) == nullptr)
        return Invalid(place + "." + field.name + ": is missing; want text");
      known += element.contains(field.name) ? 1U : 0U;
      wanted.append(wanted.empty() ? "" : ", ").append(field.name);
    }
    if (known != element.size()) return UnknownMember(place, wanted);
  }
  return sdk::Ok();
}

sdk::Status ReadMembers(const Json& object, UserData& out) {
  if (auto members = CheckMembers(object, "configuration",
                                  {"stores", "indexers", "cached", "unc_prvt", "proxy", "sort", "filter"});
      !members)
    return members;
  if (auto stores = ReadList<StoreChoice>(
          object, "stores", out.stores, kMaxStores,
          {{"c", &StoreChoice::code, true}, {"t", &StoreChoice::token, false}, {"auth", &StoreChoice::auth, false}});
      !stores)
    return stores;
  if (auto indexers = ReadList<IndexerChoice>(object, "indexers", out.indexers, kMaxIndexers,
                                              {{"n", &IndexerChoice::name, true},
                                               {"u", &IndexerChoice::url, true},
                                               {"ak", &IndexerChoice::api_key, false}});
      !indexers)
    return indexers;
  if (auto cached = ReadTruth(object, "cached", out.cached); !cached) return cached;
  if (auto uncached = ReadTruth(object, "unc_prvt", out.uncached_private); !uncached) return uncached;
  if (auto proxied = ReadTruth(object, "proxy", out.proxied); !proxied) return proxied;
  if (auto sort = ReadText(object, "", "sort", out.sort); !sort) return sort;
  return ReadText(object, "", "filter", out.filter);
}

}  // namespace

std::string RowName(std::string_view list, std::size_t row) {
  return std::string(list).append("[").append(std::to_string(row)).append("]");
}

bool IsIndexerKind(std::string_view name) { return name == "generic" || name == "jackett" || name == "prowlarr"; }

sdk::Status CheckUserData(UserData& data) {
  if (data.stores.empty()) return Invalid("stores: want at least one store");
  if (data.stores.size() > kMaxStores) return Invalid("stores: want a list of at most " + std::to_string(kMaxStores));
  for (std::size_t i = 0; i < data.stores.size(); ++i)
    if (auto store = CheckStore(data, i); !store) return store;
  if (data.indexers.size() > kMaxIndexers)
    return Invalid("indexers: want a list of at most " + std::to_string(kMaxIndexers));
  for (std::size_t i = 0; i < data.indexers.size(); ++i)
    if (auto indexer = CheckIndexer(data, i); !indexer) return indexer;
  if (auto sort = CheckText("sort", data.sort, kMaxSortBytes); !sort) return sort;
  return CheckText("filter", data.filter, kMaxFilterBytes);
}

sdk::Result<UserData> ReadUserData(std::string_view json) {
  const auto object = Json::parse(json, nullptr, false);
  if (!object.is_object()) return Invalid("configuration: want a JSON object");
  UserData out;
  if (auto members = ReadMembers(object, out); !members) return std::move(members).error();
  if (auto checked = CheckUserData(out); !checked) return std::move(checked).error();
  return out;
}

std::string WriteUserData(const UserData& data) {
  Json out;
  for (const auto& store : data.stores) {
    auto choice = Json::object({{"c", store.code}});
    if (!store.token.empty()) choice["t"] = store.token;
    if (!store.auth.empty()) choice["auth"] = store.auth;
    out["stores"].push_back(std::move(choice));
  }
  for (const auto& indexer : data.indexers) {
    Json choice{{"n", indexer.name}, {"u", indexer.url}};
    if (!indexer.api_key.empty()) choice["ak"] = indexer.api_key;
    out["indexers"].push_back(std::move(choice));
  }
  if (data.cached) out["cached"] = true;
  if (data.uncached_private) out["unc_prvt"] = true;
  if (data.proxied) out["proxy"] = true;
  if (!data.sort.empty()) out["sort"] = data.sort;
  if (!data.filter.empty()) out["filter"] = data.filter;
  return out.dump();
}

}  // namespace sluice::plugins::stremio
