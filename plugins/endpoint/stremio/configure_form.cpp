// SPDX-License-Identifier: MIT
#include "configure_form.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "expression.hpp"
#include "form_fields.hpp"
#include "sort.hpp"
#include "store_codes.hpp"
#include "text.hpp"

namespace sluice::plugins::stremio {
namespace {

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

/// In place of a code: the row has something, and names no store. What it says instead is not repeated.
constexpr std::string_view kNoStore = "?";

bool IsCode(std::string_view code) {
  return code == kServerStores || code == kPeerToPeer || !StoreNameOf(code).empty();
}

std::string_view CodeInForm(std::string_view code) { return code == kServerStores ? kServerStoresInForm : code; }

/// Reads a form whose fields are known, and collects what is wrong with it.
class Reader {
 public:
  Reader(const FormFields& fields, const UserData& base, const Offer& offer)
      : fields_(fields), base_(base), offer_(offer) {}

  sdk::Result<ConfigureForm> Read() {
    const auto stores = fields_.Rows("stores", kMaxStores);
    if (!stores) return stores.error();
    const auto indexers = fields_.Rows("indexers", kMaxIndexers);
    if (!indexers) return indexers.error();
    if (auto options = ReadOptions(); !options) return std::move(options).error();
    for (std::size_t row = 0; row < *stores; ++row)
      if (auto store = ReadStore(RowName("stores", row)); !store) return std::move(store).error();
    for (std::size_t row = 0; row < *indexers; ++row)
      if (auto indexer = ReadIndexer(RowName("indexers", row)); !indexer) return std::move(indexer).error();
    CheckStores();
    for (std::size_t i = 0; i < out_.data.indexers.size(); ++i)
      CheckIndexer(RowName("indexers", i), out_.data.indexers[i]);
    CheckTexts();
    // What all of this has let pass is still held to the rules for configurations.
    if (out_.problems.empty())
      if (auto checked = CheckUserData(out_.data); !checked) Complain("", std::move(checked).error().message);
    return std::move(out_);
  }

 private:
  void Complain(std::string field, std::string message) {
    out_.problems.push_back({std::move(field), std::move(message)});
  }
  void Miss(std::string field, std::string message) {
    out_.problems.push_back({std::move(field), std::move(message), true});
  }

  std::string Text(const std::string& name) const { return std::string(sdk::TrimSpace(fields_.Text(name))); }

  /// The entry of the base that a row says it stands for; null: none. Whether it may keep anything is not looked at.
  template <typename Choice>
  sdk::Result<const Choice*> Kept(const std::string& row, const std::vector<Choice>& entries) const {
    const auto text = fields_.Text(row + ".kept");
    if (text.empty()) return nullptr;
    const auto index = NumberOf(text);
    if (!index) return Invalid(row + ".kept: want the number of an entry");
    return *index < entries.size() ? &entries[*index] : nullptr;
  }

  sdk::Status ReadOptions() {
    const std::pair<const char*, bool*> boxes[] = {{"cached", &out_.data.cached},
                                                   {"uncached_private", &out_.data.uncached_private},
                                                   {"proxied", &out_.data.proxied},
                                                   {"saved", &out_.saved}};
    for (const auto& [name, to] : boxes) {
      const auto ticked = fields_.Ticked(name);
      if (!ticked) return ticked.error();
      *to = *ticked;
    }
    const auto more = fields_.Text("more");
    if (!more.empty() && more != "stores" && more != "indexers") return Invalid(R"(more: want "stores" or "indexers")");
    out_.more = more == "stores" ? More::kStores : more == "indexers" ? More::kIndexers : More::kNone;
    out_.data.sort = Text("sort");
    out_.data.filter = Text("filter");
    // Where the field has several lines, each of them ends in CR LF.
    std::ranges::replace_if(
        out_.data.filter, [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
    return sdk::Ok();
  }

  sdk::Status ReadStore(const std::string& row) {
    const auto kept = Kept(row, base_.stores);
    if (!kept) return kept.error();
    const auto code = Text(row + ".code");
    StoreChoice store{.code = code == kServerStoresInForm ? std::string(kServerStores) : code,
                      .token = Text(row + ".token"),
                      .auth = sdk::LowerCase(Text(row + ".auth"))};
    if (code.empty() && store.token.empty() && store.auth.empty()) {
      ++out_.empty_stores;
      return sdk::Ok();
    }
    if (CodeInForm(store.code) != code || !IsCode(store.code)) store.code = kNoStore;
    if (*kept != nullptr && (*kept)->code == store.code) {
      if (store.token.empty() && offer_.tokens) store.token = (*kept)->token;
      if (store.auth.empty() && offer_.users) store.auth = (*kept)->auth;
    }
    out_.data.stores.push_back(std::move(store));
    return sdk::Ok();
  }

  sdk::Status ReadIndexer(const std::string& row) {
    const auto kept = Kept(row, base_.indexers);
    if (!kept) return kept.error();
    IndexerChoice indexer{.name = Text(row + ".name"), .url = Text(row + ".url"), .api_key = Text(row + ".apikey")};
    if (indexer.name.empty() && indexer.url.empty() && indexer.api_key.empty()) {
      ++out_.empty_indexers;
      return sdk::Ok();
    }
    if (*kept != nullptr && (*kept)->name == indexer.name) {
      if (indexer.url.empty()) indexer.url = (*kept)->url;
      if (indexer.api_key.empty() && indexer.url == (*kept)->url) indexer.api_key = (*kept)->api_key;
    }
    out_.data.indexers.push_back(std::move(indexer));
    return sdk::Ok();
  }

  bool IsOffered(std::string_view code) const {
    return std::ranges::find(offer_.stores, code, &OfferedStore::code) != offer_.stores.end();
  }

  bool HasProblem(std::string_view field) const {
    return std::ranges::find(out_.problems, field, &FormProblem::field) != out_.problems.end();
  }

  void CheckStores() {
    const auto& stores = out_.data.stores;
    if (stores.empty()) Miss("stores[0].code", "Choose a store.");
    for (std::size_t i = 0; i < stores.size(); ++i) {
      const auto place = RowName("stores", i);
      CheckCode(i, place + ".code");
      CheckAccount(stores[i], place);
    }
  }

  void CheckCode(std::size_t index, const std::string& field) {
    const auto& stores = out_.data.stores;
    const auto& code = stores[index].code;
    const auto before = stores.begin() + static_cast<std::ptrdiff_t>(index);
    if (code == kNoStore) {
      Complain(field, "Choose the store, and enter the rest once more: it was not kept.");
    } else if (!IsOffered(code)) {
      Complain(field, "This server does not offer this store; choose another.");
    } else if ((code == kServerStores || code == kPeerToPeer) && stores.size() > 1) {
      Complain(field, "This goes with no other store: remove it, or the others.");
    } else if (std::find_if(stores.begin(), before, [&](const auto& other) { return other.code == code; }) != before) {
      Complain(field, "This store stands above already; each may stand once.");
    }
  }

  void CheckAccount(const StoreChoice& store, const std::string& place) {
    const auto token = place + ".token";
    const auto auth = place + ".auth";
    if (store.code == kPeerToPeer) {
      if (!store.token.empty()) Complain(token, "Leave this empty: there is no account without a store.");
      if (!store.auth.empty()) Complain(auth, "Leave this empty: there is no account without a store.");
      return;
    }
    if (!store.token.empty() && !offer_.tokens) Complain(token, "Leave this empty: this server takes no keys.");
    if (!store.auth.empty() && !offer_.users) Complain(auth, "Leave this empty: this server has no such users.");
    CheckLine(token, store.token, kMaxTokenBytes);
    if (!store.auth.empty() && !sdk::IsUuid(store.auth))
      Complain(auth, "Enter a user id such as 01234567-89ab-cdef-0123-456789abcdef.");
    if (!store.token.empty() || !store.auth.empty()) return;
    if (offer_.tokens)
      Miss(token, offer_.users ? "Enter the key of your account, or a user id." : "Enter the key of your account.");
    else if (offer_.users)
      Miss(auth, "Enter your user id.");
    else if (!HasProblem(place + ".code"))
      Complain(place + ".code", "This server takes no accounts of viewers; choose another.");
  }

  void CheckIndexer(const std::string& place, IndexerChoice& indexer) {
    if (!offer_.indexers) Complain(place + ".name", "This server asks no indexers of viewers; remove it.");
    if (!IsIndexerKind(indexer.name)) {
      Complain(place + ".name", "Choose the kind of indexer, and enter the rest once more: it was not kept.");
      indexer.name.clear();
    }
    if (indexer.url.empty()) Miss(place + ".url", "Enter the URL of the indexer.");
    CheckLine(place + ".url", indexer.url, kMaxUrlBytes);
    CheckLine(place + ".apikey", indexer.api_key, kMaxApiKeyBytes);
  }

  bool CheckLine(const std::string& field, std::string_view text, std::size_t max_bytes) {
    const bool good = text.size() <= max_bytes && IsPlainText(text);
    if (!good)
      Complain(field, "Enter at most " + std::to_string(max_bytes) + " characters, none of them a control character.");
    return good;
  }

  void CheckTexts() {
    auto& data = out_.data;
    if (data.proxied && !offer_.proxied) Complain("proxied", "This server fetches no streams for viewers.");
    if (out_.saved && !offer_.saved) Complain("saved", "This server saves no configurations.");
    if (CheckLine("sort", data.sort, kMaxSortBytes)) {
      if (const auto sort = ParseSort(data.sort); !sort) ComplainOf("sort", sort.error());
    } else {
      data.sort = OneLine(data.sort, kMaxSortBytes);  // what is shown again
    }
    if (CheckLine("filter", data.filter, kMaxFilterBytes)) {
      if (const auto filter = Filter::Compile(data.filter); !filter) ComplainOf("filter", filter.error());
    } else {
      data.filter = OneLine(data.filter, kMaxFilterBytes);
    }
  }

  /// Its message begins with the field's name, beside which it is shown.
  void ComplainOf(const std::string& field, const sdk::Error& error) {
    std::string_view message = error.message;
    if (message.starts_with(field + ": ")) message.remove_prefix(field.size() + 2);
    Complain(field, std::string(message));
  }

  const FormFields& fields_;
  const UserData& base_;
  const Offer& offer_;
  ConfigureForm out_{};
};

ShownStore Shown(const StoreChoice& store) {
  return {
      .code = std::string(CodeInForm(store.code)), .has_token = !store.token.empty(), .has_auth = !store.auth.empty()};
}

ShownIndexer Shown(const IndexerChoice& indexer) {
  ShownIndexer out{.name = indexer.name, .has_api_key = !indexer.api_key.empty()};
  if (auto origin = sdk::Origin(indexer.url)) out.origin = *std::move(origin);
  return out;
}

ShownForm ShownOptions(const UserData& data) {
  return {.cached = data.cached,
          .uncached_private = data.uncached_private,
          .proxied = data.proxied,
          .sort = data.sort,
          .filter = data.filter};
}

/// Makes the base of a form, and its rows.
class Keeper {
 public:
  explicit Keeper(const std::vector<FormProblem>& problems) : problems_(problems) {}

  void Add(const StoreChoice& store, std::size_t row) {
    const auto place = RowName("stores", row);
    auto kept = store;
    if (!IsGood(place + ".token")) kept.token.clear();
    if (!IsGood(place + ".auth")) kept.auth.clear();
    auto& shown = out_.stores.emplace_back(Shown(kept));
    const bool has_secret = !kept.token.empty() || !kept.auth.empty();
    if (!IsGood(place) || !IsGood(place + ".code") || !has_secret) {
      shown.has_token = shown.has_auth = false;
      return;
    }
    shown.kept = base_.stores.size();
    base_.stores.push_back(std::move(kept));
  }

  void Add(const IndexerChoice& indexer, std::size_t row) {
    const auto place = RowName("indexers", row);
    if (!IsGood(place) || !IsGood(place + ".name") || !IsGood(place + ".url")) {
      out_.indexers.push_back({.name = indexer.name});
      return;
    }
    auto kept = indexer;
    if (!IsGood(place + ".apikey")) kept.api_key.clear();
    auto& shown = out_.indexers.emplace_back(Shown(kept));
    shown.kept = base_.indexers.size();
    base_.indexers.push_back(std::move(kept));
  }

  FormAgain Take(ShownForm shown) && {
    shown.stores = std::move(out_.stores);
    shown.indexers = std::move(out_.indexers);
    FormAgain again{.shown = std::move(shown)};
    if (base_.stores.empty() && base_.indexers.empty()) return again;
    // No configuration is without a store, and nothing is kept of this one.
    if (base_.stores.empty()) base_.stores.push_back({.code = std::string(kPeerToPeer)});
    again.base = std::move(base_);
    return again;
  }

 private:
  bool IsGood(std::string_view field) const {
    return std::ranges::find(problems_, field, &FormProblem::field) == problems_.end();
  }

  const std::vector<FormProblem>& problems_;
  UserData base_{};
  ShownForm out_{};
};

FormAgain Keep(const UserData& data, const std::vector<FormProblem>& problems) {
  Keeper keeper(problems);
  for (std::size_t i = 0; i < data.stores.size(); ++i) keeper.Add(data.stores[i], i);
  for (std::size_t i = 0; i < data.indexers.size(); ++i) keeper.Add(data.indexers[i], i);
  return std::move(keeper).Take(ShownOptions(data));
}

}  // namespace

sdk::Result<ConfigureForm> ReadConfigureForm(std::string_view body, const UserData& base, const Offer& offer) {
  const auto fields = FormFields::Read(body);
  if (!fields) return fields.error();
  return Reader(*fields, base, offer).Read();
}

FormAgain AskAgain(const UserData& data) { return Keep(data, {}); }

FormAgain AskAgain(const ConfigureForm& form) {
  auto again = Keep(form.data, form.problems);
  auto& shown = again.shown;
  shown.saved = form.saved;
  shown.problems = form.problems;
  if (form.more == More::kNone) return again;
  std::erase_if(shown.problems, [](const auto& problem) { return problem.missing; });
  if (form.more == More::kStores) {
    shown.stores.resize(std::min(kMaxStores, shown.stores.size() + form.empty_stores + 1));
    shown.focus = RowName("stores", shown.stores.size() - 1) + ".code";
  } else {
    shown.indexers.resize(std::min(kMaxIndexers, shown.indexers.size() + form.empty_indexers + 1));
    shown.focus = RowName("indexers", shown.indexers.size() - 1) + ".name";
  }
  return again;
}

}  // namespace sluice::plugins::stremio
