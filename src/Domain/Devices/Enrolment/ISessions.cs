using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>
/// Who is signed in at this moment, at this broker. It hears of every change before any other ear: who must not speak any more waits for
/// nobody's pages.
/// </summary>
public interface ISessions : IEnrolmentListener
{
    /// <summary>
    /// The id of everybody who is signed in, with the number of the credential that they signed in with; of one id only, when it is given.
    /// </summary>
    ImmutableArray<(string Id, long Credential)> SignedIn(string? id = null);

    /// <summary>Ends the session of a device or gateway, if it has one: its credential does not hold any more, or it was removed.</summary>
    void End(string id);

    /// <summary>Lets the next word of a device count whatever its epoch: a clerk has looked at the unit whose clock fell back.</summary>
    Task EpochsForgottenAsync(string id, CancellationToken cancellationToken);
}

/// <summary>Wants to know when what is registered of a device or gateway changed.</summary>
public interface IEnrolmentListener
{
    /// <summary>Called after the change is recorded.</summary>
    Task ChangedAsync(string id, CancellationToken cancellationToken);
}

/// <summary>Who looked at a single mobile unit: each reading leaves a trace.</summary>
public interface IMobileReadAudit
{
    /// <summary>Writes a reading down, before what is read is handed out.</summary>
    /// <param name="reader">The opaque id of the staff member.</param>
    /// <param name="what">What was looked at: a closed word such as <c>state</c> or <c>history</c>.</param>
    Task RecordAsync(string reader, string deviceId, string what, DateTimeOffset at, CancellationToken cancellationToken) =>
        RecordAsync(reader, [deviceId], what, at, cancellationToken);

    /// <summary>The same of several units that are read at once, as in a list.</summary>
    Task RecordAsync(
        string reader,
        IReadOnlyCollection<string> deviceIds,
        string what,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );
}
