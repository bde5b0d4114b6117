using Xunit.v3;

namespace SurveillanceRegistry.Tests;

/// <summary>
/// Marks tests that keep a processor or a server of their own busy for a second or more. The whole suite runs them; <c>--fast</c> does not.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class SlowAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [KeyValuePair.Create("tier", "slow")];
}
