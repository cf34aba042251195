// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The form of the page on which a viewer configures the addon: what it sends, and what is shown of it again.
///
/// Secrets are never shown: an entry of the form stands for one of a configuration that the server has, its base, and
/// an empty field keeps what that one has. Nothing is kept by an entry that names another store, kind of index or URL:
/// a secret goes where it was meant to go, and nowhere else.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "userdata.hpp"

namespace sluice::plugins::stremio {

inline constexpr std::size_t kMaxFormBytes = 192 * 1024;

/// What stands for kServerStores in the form, where an empty code is a row that nobody has filled in.
inline constexpr std::string_view kServerStoresInForm = "server";

/// A store that viewers may choose.
struct OfferedStore {
  std::string code{};  ///< As in StoreChoice.
  std::string name{};  ///< For people.
};

/// What a viewer may ask this server for.
struct Offer {
  std::vector<OfferedStore> stores{};
  bool tokens = true;    ///< Keys of viewers' own accounts.
  bool users = false;    ///< Users of the pool, in place of a key.
  bool indexers = true;  ///< Those of viewers.
  bool proxied = false;  ///< Streams fetched through the gateway.
  bool saved = false;    ///< The short form, which the server's database holds.
};

/// The list that is to get another empty row.
enum class More : std::uint8_t { kNone, kStores, kIndexers };

struct FormProblem {
  std::string field{};    ///< "stores[0].token", by the rows of `ConfigureForm::data`; empty: the whole form.
  std::string message{};  ///< A sentence for the viewer; quotes no secret.
  bool missing = false;   ///< Nothing was filled in yet.

  friend bool operator==(const FormProblem&, const FormProblem&) = default;
};

struct ConfigureForm {
  UserData
      data{};  ///< Without rows that nobody filled in. As CheckUserData wants it when there are no problems. Secret.
  bool saved = false;
  More more = More::kNone;
  std::size_t empty_stores = 0;  ///< How many rows were left out of `data`.
  std::size_t empty_indexers = 0;
  std::vector<FormProblem> problems{};
};

/// \param body   application/x-www-form-urlencoded. \param base  whose secrets may be kept; an empty one: none.
/// \returns  all that a viewer can mend as problems; kInvalidArgument that names the field for what no form of ours
///           sends: fields twice or not known, bad escapes, what is no UTF-8, more rows than there may be.
///           Threads: [any].
sdk::Result<ConfigureForm> ReadConfigureForm(std::string_view body, const UserData& base, const Offer& offer);

/// The segment of a URL, as ReadSegment takes it, that the page had as its base; empty: it had none.
/// \returns  kInvalidArgument. Threads: [any].
sdk::Result<std::string> ReadFormBase(std::string_view body);

/// A row as it is shown: nothing of it is secret.
struct ShownStore {
  std::string code{};                 ///< As in the form.
  std::optional<std::size_t> kept{};  ///< The entry of the base that it stands for.
  bool has_token = false;             ///< The base has one that an empty field keeps.
  bool has_auth = false;
};

struct ShownIndexer {
  std::string name{};
  std::string origin{};               ///< Of the URL in the base, for its path and query may be secret. May be empty.
  std::optional<std::size_t> kept{};  ///< As above; an empty field keeps the URL too.
  bool has_api_key = false;
};

struct ShownForm {
  std::vector<ShownStore> stores{};
  std::vector<ShownIndexer> indexers{};
  bool cached = false;
  bool uncached_private = false;
  bool proxied = false;
  bool saved = false;
  std::string sort{};
  std::string filter{};
  std::string focus{};  ///< The field to begin with; empty: as usual.
  std::vector<FormProblem> problems{};
};

/// A form to fill in, and the base that it stands on: the page gets it sealed, as nobody but this server may read it.
struct FormAgain {
  ShownForm shown{};
  std::optional<UserData> base{};  ///< As CheckUserData wants it; none: nothing is kept. Secret.
};

/// The form of a configuration that is to be changed. Threads: [any].
FormAgain AskAgain(const UserData& data);

/// The form once more with its problems, to which others may have been added, and with the empty rows asked for. What
/// has a problem is not kept. While more rows are asked for, what is missing is no problem yet. Threads: [any].
FormAgain AskAgain(const ConfigureForm& form);

}  // namespace sluice::plugins::stremio
