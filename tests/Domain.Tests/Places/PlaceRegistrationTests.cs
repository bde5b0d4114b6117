using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Tests.Places;

/// <summary>What is wrong with a place or a screen is named at its member before anything is registered.</summary>
public sealed class PlaceRegistrationTests
{
    private static readonly Glass Measured = new(1080, 1920, 398, 2_000);

    [Fact]
    public void A_screen_needs_no_measures_and_takes_those_of_a_wall_and_of_a_counter()
    {
        foreach (var glass in (Glass?[])[null, Measured, new Glass(800, 480, 154, 500)])
            Assert.Empty(PlaceRegistration.Check(new Kiosk("screen", "lobby") { Glass = glass }));
    }

    [Fact]
    public void A_wrong_measure_of_a_screen_is_refused_at_its_member()
    {
        (string Where, Glass Glass)[] wrong =
        [
            ("glass.width", Measured with { Width = 0 }),
            ("glass.height", Measured with { Height = 239 }),
            ("glass.widthMm", Measured with { WidthMm = 20_001 }),
            ("glass.distanceMm", Measured with { DistanceMm = -2_000 }),
        ];
        foreach (var (where, glass) in wrong)
        {
            var refusal = PlaceRegistration.Check(new Kiosk("screen", "lobby") { Glass = glass }).Single();
            Assert.Equal(where, refusal.Where);
            Assert.StartsWith($"{where} is ", refusal.Sentence, StringComparison.Ordinal);
        }
    }
}
