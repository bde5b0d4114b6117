using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Wordings;

/// <summary>A page about the texts of notices, pages and screens in one language.</summary>
public abstract class WordingPageModel(IGrainFactory grains) : DraftPageModel(grains)
{
    /// <summary>The texts as they are now.</summary>
    public Wording Wording { get; private set; } = null!;

    /// <summary>Every revision, the newest first.</summary>
    public ImmutableArray<PolicyRevision> Revisions { get; private set; } = [];

    public int Revision => Revisions[0].Number;

    public string LanguageName => NameOf(Wording);

    /// <summary>The English name of a language, as staff pages call it.</summary>
    public static string NameOf(Wording wording)
    {
        ArgumentNullException.ThrowIfNull(wording);
        return CultureInfo.GetCultureInfo(wording.Language).EnglishName;
    }

    /// <summary>The chapter of a text: what stands before the first dot of its key.</summary>
    public static string ChapterOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Split('.')[0];
    }

    private protected async Task<bool> FindAsync(string language)
    {
        await LoadHistoryAsync();
        Revisions = [.. History.RevisionsOf(DocumentKind.Wording, language).Reverse()];
        if (Revisions.IsEmpty)
            return false;
        Wording = Revisions[0].Document.Value<Wording>();
        return true;
    }

    /// <summary>Makes a draft that changes the wording, and leads to the question why; or shows what is wrong with it.</summary>
    /// <param name="change">The change of the wording in the revision with which the form was opened.</param>
    private protected Task<IActionResult> DraftAsync(Func<Wording, Wording> change, ImmutableArray<FieldError> more)
    {
        var opened = Opened(DocumentKind.Wording, Wording.Language, "revision")!;
        return DraftAsync([.. Reworded(opened, change)], more, (_, part) => "text-" + part);
    }
}
