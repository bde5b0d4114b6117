namespace SurveillanceRegistry.Domain;

/// <summary>The codes of refusals, as programs receive them. Published: a code never changes.</summary>
public static class RefusalCodes
{
    /// <summary>A value does not have the expected form, or names something that is not registered.</summary>
    public const string Invalid = "invalid";

    /// <summary>There is no such thing.</summary>
    public const string NotFound = "not-found";

    /// <summary>The id, or the certificate, is registered already.</summary>
    public const string Taken = "taken";

    /// <summary>The version that the caller has seen is not the latest.</summary>
    public const string Stale = "stale";

    /// <summary>A document was changed since the change request was made from it.</summary>
    public const string BaseMoved = "base-moved";

    /// <summary>The change request is not in the state that the act needs.</summary>
    public const string WrongState = "wrong-state";

    /// <summary>Only the author of the change request may do this.</summary>
    public const string NotTheAuthor = "not-the-author";

    /// <summary>The author of a change request may not decide it.</summary>
    public const string OwnRequest = "own-request";

    /// <summary>A person of the change request is not active staff with the role that the act needs.</summary>
    public const string NotEntitled = "not-entitled";

    /// <summary>The person who made a change of the register may not confirm it on the spot.</summary>
    public const string OwnChange = "own-change";

    /// <summary>A program may not do this: only a person can look on the spot.</summary>
    public const string NotAPerson = "not-a-person";

    /// <summary>A program may propose a change request and may not decide one.</summary>
    public const string ProgramDecides = "program-decides";

    /// <summary>A rejection has no note.</summary>
    public const string NoteMissing = "note-missing";

    /// <summary>A change request has no reason.</summary>
    public const string ReasonMissing = "reason-missing";

    /// <summary>A change request has no source.</summary>
    public const string SourceMissing = "source-missing";

    /// <summary>A change request changes nothing.</summary>
    public const string NothingChanged = "nothing-changed";
}
