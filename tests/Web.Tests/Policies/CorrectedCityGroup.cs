using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Policies;

/// <summary>Tests that share one corrected city, and only read it.</summary>
[CollectionDefinition(Name)]
public sealed class CorrectedCityGroup : ICollectionFixture<CorrectedCity>
{
    internal const string Name = "corrected city";
}
