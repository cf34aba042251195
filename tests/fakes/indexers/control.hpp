// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Fake indexers on a socket, and how a test in another process scripts them.

#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/indexers/fake_indexers.hpp"

namespace sluice::fakes {

/// Requests below /_control, which are not in the log:
///  - POST {"add": {"id", "number", "privacy", "imdb_id", "numbers", "year", "max", "releases": [{"title", "offer",
///    "imdb_id", "season", "episode", "category"}]}}: one more index; what is left out is as FakeIndex has it;
///  - POST {"change": "<id>", "fault": "held", "caps_fault": "none", "error_code": 100}: what is left out stays;
///  - POST {"release": true}: lets held answers go;
///  - GET /_control/log, GET /_control/violations: arrays of texts.
/// Offers and faults are named as the enumerators, in lower case with "_": "magnet_enclosure", "too_many".
sdk::HttpResponse Control(FakeIndexers& indexers, const sdk::HttpRequest& request);

/// One request for each connection, answered by `indexers`, or by Control. \param indexers  outlives the origin.
FaultyOrigin::Script ServeIndexers(FakeIndexers& indexers);

}  // namespace sluice::fakes
