using SurveillanceRegistry.Domain.Devices.Fleets;

namespace SurveillanceRegistry.Domain.Tests.Devices.Fleets;

public sealed class PublishedFleetCountTests
{
    [Fact]
    public void A_public_fleet_count_always_leaves_five_numbers_possible()
    {
        var shown = Enumerable.Range(0, 200).GroupBy(PublishedFleetCount.Of).ToArray();
        Assert.Equal(Enumerable.Range(0, 13), shown.Single(group => group.Key is null));
        Assert.All(
            shown.Where(group => group.Key is { } count && count < 195),
            group => Assert.Equal(Enumerable.Range(group.Key!.Value - 2, 5), group)
        );
        Assert.Equal(15, shown.Min(group => group.Key));
    }
}
