using SurveillanceRegistry.Files.Tests.Fixtures;
using static SurveillanceRegistry.Files.Tests.Fixtures.SamplePaths;

namespace SurveillanceRegistry.Files.Tests.Policies.Instruments;

/// <summary>The versions of an instrument follow each other in time.</summary>
public sealed class VersionOrderTests
{
    [Fact]
    public void A_version_whose_period_overlaps_an_earlier_one_is_reported_at_its_period() =>
        ProblemAssert.Reports(
            SurveillanceCode,
            "{from: 2017-09-01, to: 2018-11-04}",
            "{from: 2017-09-01, to: 2018-11-05}",
            "a period that overlaps that of version 2 for surveillance-equipment",
            "periods of one instrument that follow each other",
            linesBelow: 14
        );

    [Fact]
    public void A_version_that_begins_before_an_earlier_one_is_reported_at_its_period() =>
        ProblemAssert.Reports(
            HoldingCells,
            "{from: 2019-03-01, to: open}",
            "{from: 2001, to: 2002}",
            "a version that begins before version 1",
            "versions in the order of time"
        );
}
