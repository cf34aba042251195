// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/userdata.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sluice::plugins::stremio {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kFull =
    R"({"stores":[{"c":"tb","t":"","auth":"3F2B8C1A-0000-7abc-9def-0123456789AB"},{"c":"rd","t":"planted-token"}],)"
    R"("indexers":[{"n":"jackett","u":"https:jackett.example::yts","ak":"planted-key"},)"
    R"({"n":"generic","u":"https://torznab.example/planted-path","ak":""}],)"
    R"("cached":true,"unc_prvt":true,"proxy":true,"sort":"-size","filter":"Size < \"20GB\""})";

std::string Fault(const std::string& json) {
  const auto data = ReadUserData(json);
  EXPECT_FALSE(data) << json;
  if (data) return {};
  EXPECT_EQ(data.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_THAT(data.error().message, Not(HasSubstr("planted"))) << json;
  return data.error().message;
}

std::string Stores(const std::string& list) { return R"({"stores":[)" + list + "]}"; }

TEST(StremioUserDataTest, ReadsEveryMember) {
  const auto data = ReadUserData(kFull);
  ASSERT_TRUE(data) << data.error().message;

  ASSERT_EQ(data->stores.size(), 2u);
  EXPECT_EQ(data->stores[0], (StoreChoice{.code = "tb", .auth = "3f2b8c1a-0000-7abc-9def-0123456789ab"}));
  EXPECT_EQ(data->stores[1], (StoreChoice{.code = "rd", .token = "planted-token"}));
  ASSERT_EQ(data->indexers.size(), 2u);
  EXPECT_EQ(data->indexers[0],
            (IndexerChoice{.name = "jackett", .url = "https:jackett.example::yts", .api_key = "planted-key"}));
  EXPECT_TRUE(data->cached);
  EXPECT_TRUE(data->uncached_private);
  EXPECT_TRUE(data->proxied);
  EXPECT_EQ(data->sort, "-size");
  EXPECT_EQ(data->filter, "Size < \"20GB\"");
}

TEST(StremioUserDataTest, ReadsWhatClientsLeaveOut) {
  for (const auto* json : {R"({"stores":[{"c":"p2p","t":""}]})", R"({"stores":[{"c":"p2p"}],"indexers":null})",
                           R"({"stores":[{"c":"","t":"anna:secret"}],"cached":false,"proxy":null,"sort":""})",
                           R"({"stores":[{"c":"tb","t":"x","auth":"00000000-0000-0000-0000-000000000000"}]})",
                           R"({"indexers":[],"stores":[{"c":"pp","t":"anna@example.org:pass word é"}]})"}) {
    const auto data = ReadUserData(json);
    EXPECT_TRUE(data) << json << ": " << data.error().message;
  }
}

TEST(StremioUserDataTest, TakesUuidsOfAnyVersion) {
  for (const auto* version : {"0", "1", "4", "7", "8", "f"}) {
    const auto auth = std::string("01234567-89ab-") + version + "def-0123-456789abcdef";
    EXPECT_TRUE(ReadUserData(Stores(R"({"c":"tb","auth":")" + auth + "\"}"))) << auth;
  }
}

TEST(StremioUserDataTest, NamesWhatIsWrongWithStores) {
  const std::pair<std::string, std::string> faults[] = {
      {"{}", "stores: want at least one store"},
      {R"({"stores":null})", "stores: want at least one store"},
      {R"({"stores":{}})", "stores: want a list of at most 16"},
      {Stores(""), "stores: want at least one store"},
      {Stores("7"), "stores[0]: want an object"},
      {Stores(R"({"t":"planted"})"), "stores[0].c: is missing; want text"},
      {Stores(R"({"c":7,"t":"planted"})"), "stores[0].c: want text"},
      {Stores(R"({"c":"planted","t":"x"})"), R"(stores[0].c: want the code of a store, "" or "p2p")"},
      {Stores(R"({"c":"TB","t":"x"})"), R"(stores[0].c: want the code of a store, "" or "p2p")"},
      {Stores(R"({"c":"tb","t":"x"},{"c":"","t":"y"})"),
       R"(stores[1].c: "" and "p2p" stand alone; want no other store beside them)"},
      {Stores(R"({"c":"p2p"},{"c":"tb","t":"y"})"),
       R"(stores[0].c: "" and "p2p" stand alone; want no other store beside them)"},
      {Stores(R"({"c":"tb","t":"x"},{"c":"tb","t":"y"})"), "stores[1].c: want each store once"},
      {Stores(R"({"c":"tb","t":"","auth":""})"), "stores[0]: want t or auth"},
      {Stores(R"({"c":""})"), "stores[0]: want t or auth"},
      {Stores(R"({"c":"p2p","t":"planted"})"), "stores[0]: want neither t nor auth for p2p"},
      {Stores(R"({"c":"tb","t":["planted"]})"), "stores[0].t: want text"},
      {Stores(R"({"c":"tb","t":"planted\n"})"),
       "stores[0].t: want text of at most 1024 octets, without control characters"},
      {Stores(R"({"c":"tb","t":"planted\u0000"})"),
       "stores[0].t: want text of at most 1024 octets, without control characters"},
      {Stores(R"({"c":"tb","t":")" + std::string(1025, 'x') + "\"}"),
       "stores[0].t: want text of at most 1024 octets, without control characters"},
      {Stores(R"({"c":"tb","auth":"planted"})"), "stores[0].auth: want a UUID"},
      {Stores(R"({"c":"tb","auth":"3f2b8c1a00007abc9def0123456789ab"})"), "stores[0].auth: want a UUID"},
      {Stores(R"({"c":"tb","auth":"3f2b8c1a-0000-7abc-9def-0123456789ag"})"), "stores[0].auth: want a UUID"},
      {Stores(R"({"c":"tb","auth":"3f2b8c1a-0000-7abc-9def-0123456789ab\n"})"), "stores[0].auth: want a UUID"},
      {Stores(R"({"c":"tb","token":"planted"})"), "stores[0]: has a member that is not known; want c, t, auth"},
  };
  for (const auto& [json, message] : faults) EXPECT_EQ(Fault(json), message) << json;
}

TEST(StremioUserDataTest, NamesWhatIsWrongWithTheRest) {
  const auto with = [](const std::string& rest) { return R"({"stores":[{"c":"p2p"}],)" + rest + "}"; };
  std::string many;
  for (int i = 0; i < 17; ++i) many += std::string(i == 0 ? "" : ",") + R"({"n":"generic","u":"http://i.example"})";
  const std::pair<std::string, std::string> faults[] = {
      {"", "configuration: want a JSON object"},
      {"[]", "configuration: want a JSON object"},
      {"{\"stores\":", "configuration: want a JSON object"},
      {std::string(4000, '['), "configuration: want a JSON object"},
      {"{\"stores\":[{\"c\":\"tb\",\"t\":\"\xFF\"}]}", "configuration: want a JSON object"},
      {with(R"("planted":1)"),
       "configuration: has a member that is not known; want stores, indexers, cached, unc_prvt, proxy, sort, filter"},
      {with(R"("cached":"planted")"), "cached: want true or false"},
      {with(R"("unc_prvt":1)"), "unc_prvt: want true or false"},
      {with(R"("proxy":"planted")"), "proxy: want true or false"},
      {with(R"("sort":["planted"])"), "sort: want text"},
      {with(R"("filter":{})"), "filter: want text"},
      {with(R"("sort":")" + std::string(257, 's') + "\""),
       "sort: want text of at most 256 octets, without control characters"},
      {with(R"("filter":"a\nb")"), "filter: want text of at most 4096 octets, without control characters"},
      {with(R"("indexers":"planted")"), "indexers: want a list of at most 16"},
      {with(R"("indexers":[)" + many + "]"), "indexers: want a list of at most 16"},
      {with(R"("indexers":[{"n":"planted","u":"http://i.example"}])"),
       R"(indexers[0].n: want "generic", "jackett" or "prowlarr")"},
      {with(R"("indexers":[{"n":"generic"}])"), "indexers[0].u: is missing; want text"},
      {with(R"("indexers":[{"n":"generic","u":""}])"), "indexers[0].u: want a URL"},
      {with(R"("indexers":[{"n":"generic","u":"http://i.example","ak":5}])"), "indexers[0].ak: want text"},
      {with(R"("indexers":[{"n":"generic","u":"http://i.example","ak":"planted\r"}])"),
       "indexers[0].ak: want text of at most 256 octets, without control characters"},
      {with(R"("indexers":[{"n":"generic","url":"planted","u":"x"}])"),
       "indexers[0]: has a member that is not known; want n, u, ak"},
  };
  for (const auto& [json, message] : faults) EXPECT_EQ(Fault(json), message) << json;
}

TEST(StremioUserDataTest, WritesOneJsonForEachConfiguration) {
  const auto data = ReadUserData(
      R"({"filter":"","cached":false,"stores":[{"auth":"3F2B8C1A-0000-7abc-9def-0123456789AB","t":"","c":"tb"}]})");
  ASSERT_TRUE(data);

  EXPECT_EQ(WriteUserData(*data), R"({"stores":[{"c":"tb","auth":"3f2b8c1a-0000-7abc-9def-0123456789ab"}]})");
  EXPECT_EQ(WriteUserData({.stores = {{.code = "p2p"}}, .proxied = true}), R"({"stores":[{"c":"p2p"}],"proxy":true})");
}

TEST(StremioUserDataTest, ChecksWhatAFormHasMade) {
  UserData data{.stores = {{.code = "tb", .auth = "3F2B8C1A-0000-7ABC-9DEF-0123456789AB"}}};
  EXPECT_TRUE(CheckUserData(data));
  EXPECT_EQ(data.stores[0].auth, "3f2b8c1a-0000-7abc-9def-0123456789ab");

  data.stores[0].token = "\xFF";
  EXPECT_FALSE(CheckUserData(data));
  data.stores.assign(17, {.code = "tb", .token = "x"});
  EXPECT_EQ(CheckUserData(data).error().message, "stores: want a list of at most 16");
}

}  // namespace
}  // namespace sluice::plugins::stremio
