using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>Who is signed in at this moment, at this broker.</summary>
public interface ISessions
{
    /// <summary>The id of everybody who is signed in, with the number of the credential that they signed in with.</summary>
    ImmutableArray<(string Id, long Credential)> SignedIn();

    /// <summary>Ends the session of a device or gateway, if it has one: its credential does not hold any more, or it was removed.</summary>
    void End(string id);
}
