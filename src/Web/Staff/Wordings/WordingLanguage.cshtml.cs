using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Text;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Wordings;

/// <summary>The texts in one language: by chapter, by a word in them, and as they were at a time as known at another.</summary>
public sealed class WordingLanguageModel(IGrainFactory grains, TimeProvider time) : WordingPageModel(grains)
{
    /// <summary>The field that says whether a qualified person has reviewed the texts.</summary>
    private const string Reviewed = "reviewed";

    private readonly IGrainFactory _grains = grains;

    /// <summary>A word that the shown texts have; empty for none.</summary>
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Query { get; set; }

    /// <summary>The revision that held at the time that was asked for; null when there was none.</summary>
    public PolicyRevision? Shown { get; private set; }

    internal BitemporalPoint At { get; private set; } = null!;

    /// <summary>Which parameter of the address cannot be read; null when all can.</summary>
    public string? Fault => At.Fault;

    /// <summary>Whether the texts of another time are asked for.</summary>
    public bool IsPast => At.Query.Length > 0;

    /// <summary>The value that a field of the form shows: as it was asked.</summary>
    public string Asked(string parameter) => Request.Query[parameter].ToString();

    /// <summary>The chapters of the texts now, each with the number of its texts and one of them.</summary>
    public IEnumerable<(string Chapter, int Count, string Example)> Chapters =>
        Wording.Texts.GroupBy(text => ChapterOf(text.Key)).Select(chapter => (chapter.Key, chapter.Count(), chapter.First().Value));

    /// <summary>The texts at the time that was asked for which have the word, or whose key has it; empty when neither was asked.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Found =>
        Shown is null || !IsPast && string.IsNullOrWhiteSpace(Query)
            ? []
            : [.. Shown.Document.Value<Wording>().Texts.Where(text => Has(text.Value) || Has(text.Key))];

    public async Task<IActionResult> OnGetAsync(string language) => await LoadAsync(language) ? Page() : NotFound();

    /// <summary>Records whether a qualified person has reviewed the texts.</summary>
    public async Task<IActionResult> OnPostReviewAsync(string language)
    {
        if (!MayAct)
            return Forbid();
        return await LoadAsync(language)
            ? await DraftAsync(wording => wording with { Reviewed = Request.Form.Text(Reviewed) is not null }, [])
            : NotFound();
    }

    private bool Has(string text) => text.Contains(Query?.Trim() ?? "", StringComparison.CurrentCultureIgnoreCase);

    private async Task<bool> LoadAsync(string language)
    {
        if (!await FindAsync(language))
            return false;
        At = await BitemporalPoint.OfAsync(Request.Query, _grains, time, mayBeLocal: true);
        Shown = At.Fault is null ? At.RevisionOn(DocumentKind.Wording, language) : null;
        return true;
    }
}
