// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Forms as browsers send them, and what is read of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/url.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/endpoint/stremio/configure_form.hpp"

namespace sluice::plugins::stremio {

inline constexpr const char* kFormUser = "3f2b8c1a-0000-7abc-9def-0123456789ab";

inline Offer WholeOffer() {
  return {.stores = {{"", "This server's"}, {"tb", "TorBox"}, {"rd", "Real-Debrid"}, {"pp", "PikPak"}, {"p2p", "None"}},
          .users = true,
          .proxied = true,
          .saved = true};
}

inline std::string BodyOf(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, text] : fields)
    out.append(out.empty() ? "" : "&").append(sdk::PercentEncode(name)).append("=").append(sdk::PercentEncode(text));
  return out;
}

inline ConfigureForm FormOf(const std::vector<std::pair<std::string, std::string>>& fields, const UserData& base = {},
                            const Offer& offer = WholeOffer()) {
  auto form = ReadConfigureForm(BodyOf(fields), base, offer);
  EXPECT_TRUE(form) << form.error().message;
  if (!form) return {};
  for (const auto& problem : form->problems)
    EXPECT_THAT(problem.field + problem.message, ::testing::Not(::testing::HasSubstr("planted")))
        << "no secret is repeated";
  return *std::move(form);
}

inline std::vector<std::string> ProblemFields(const ConfigureForm& form) {
  std::vector<std::string> out;
  for (const auto& problem : form.problems) out.push_back(problem.field);
  return out;
}

inline std::string FormFault(std::string_view body) {
  const auto form = ReadConfigureForm(body, {}, WholeOffer());
  EXPECT_FALSE(form) << body.substr(0, 100);
  if (form) return {};
  EXPECT_EQ(form.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_THAT(form.error().message, ::testing::Not(::testing::HasSubstr("planted")));
  return form.error().message;
}

inline UserData OldData() {
  return {.stores = {{.code = "tb", .token = "planted-tb"}, {.code = "rd", .token = "planted-rd", .auth = kFormUser}},
          .indexers = {{.name = "jackett", .url = "https://j.example/planted", .api_key = "planted-key"}}};
}

}  // namespace sluice::plugins::stremio
