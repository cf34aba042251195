// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Client: what AllDebrid's API is asked.

#include <sluice/sdk/host.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "store/common/api.hpp"
#include "store/common/forms.hpp"

namespace sluice::plugins::alldebrid {

struct ClientOptions {
  store::ApiOptions api;
  std::string agent;              ///< How this program calls itself.
  bool forward_client_ip = true;  ///< Whether the store is told the viewer's address.
};

/// Every method answers what Api::Send does, and without the envelope. Threads: [any]; the constructor: [control].
class Client {
 public:
  Client(sdk::Host host, ClientOptions options);

  /// \returns  an object.
  sdk::Result<store::Json> Get(const sdk::Call& call, const sdk::StoreUser& user, const store::Endpoint& endpoint,
                               store::Fields fields = {});
  sdk::Result<store::Json> Post(const sdk::Call& call, const sdk::StoreUser& user, const store::Endpoint& endpoint,
                                store::Body body);

  /// What one of several things that were asked for comes to, if the store complains of it within a good answer.
  /// \returns  nothing: it does not.
  std::optional<sdk::Error> ComplaintOf(const store::Endpoint& endpoint, const store::Json& item) const;

  /// The viewer's address, as far as the store is to know it.
  std::string_view AddressOf(const sdk::StoreUser& user) const;

  store::Api& api() { return api_; }

 private:
  sdk::Result<store::Json> Send(const sdk::Call& call, const sdk::StoreUser& user, store::ApiRequest request,
                                store::Fields fields);

  const ClientOptions options_;
  store::Api api_;
};

/// Whether a text has the form of the store's ids.
bool IsId(std::string_view text);

}  // namespace sluice::plugins::alldebrid
