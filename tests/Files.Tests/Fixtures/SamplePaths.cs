namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>Files of the sample city, by their names in the checkout.</summary>
internal static class SamplePaths
{
    public const string City = "policies/city.yaml",
        Technologies = "policies/technologies.yaml",
        Chapters = "policies/chapters.yaml";
    public const string PlateReaders = "policies/instruments/spd-manual-16.170.yaml",
        HoldingCells = "policies/instruments/spd-manual-10.060.yaml",
        BodyWornPilot = "policies/instruments/spd-manual-16.091.yaml",
        SurveillanceCode = "policies/instruments/smc-14.18.yaml",
        MayoralPause = "policies/instruments/mayoral-action-2026-03-19.yaml";
    public const string English = "policies/notices/en.yaml",
        SampleInventory = "devices/sample-city.yaml";
}
