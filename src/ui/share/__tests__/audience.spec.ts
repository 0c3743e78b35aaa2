import { nullTranslator } from '@jupyterlab/translation';

import { IAudience } from '../../../session/model';
import { hasAudiences } from '../audience';
import { audienceMeans, audienceReason, namesIn } from '../audienceWords';
import { newDraft, optionsOf } from '../draft';
import { allowedAudience, allowedDraft, OPEN } from '../policy';

const trans = nullTranslator.load('jupyterlab');
const ANY: IAudience = { kind: 'any', names: [] };
const MEMBERS: IAudience = { kind: 'members', names: [] };
const BO: IAudience = { kind: 'users', names: ['bo'] };
const HUB = { ...OPEN, identities: true };

describe('for whom a link is [INV-20]', () => {
  it('reads names however they are set apart, each once', () => {
    expect(namesIn(' ada, bo;cy\nada,, x y ')).toEqual([
      'ada',
      'bo',
      'cy',
      'x y'
    ]);
    expect(namesIn(' , ')).toEqual([]);
  });

  it('asks for names before it starts', () => {
    expect(audienceReason(HUB, { kind: 'users', names: [] }, trans)).toContain(
      'at least one person'
    );
    expect(audienceReason(HUB, { kind: 'groups', names: [] }, trans)).toContain(
      'at least one group'
    );
    expect(audienceReason(HUB, BO, trans)).toBe('');
  });

  it('is not sent for anyone, so that nothing changes without a hub', () => {
    const draft = newDraft([{ path: 'a', type: 'file' }]);
    expect(optionsOf(draft).invite).not.toHaveProperty('audience');
    expect(optionsOf({ ...draft, audience: BO }).invite.audience).toEqual(BO);
  });

  it('is shown only where there is a choice, or a reason', () => {
    expect(hasAudiences(OPEN)).toBe(false);
    expect(hasAudiences(HUB)).toBe(true);
    expect(hasAudiences({ ...OPEN, anonymous_allowed: false })).toBe(true);
  });

  it('follows the policy', () => {
    expect(allowedAudience({ ...HUB, anonymous_allowed: false }, ANY)).toEqual(
      MEMBERS
    );
    expect(allowedAudience(OPEN, BO)).toEqual(ANY);
    const draft = { ...newDraft([]), audience: BO };
    expect(allowedDraft(HUB, draft).audience).toEqual(BO);
  });

  it('is said beside the link', () => {
    expect([ANY, MEMBERS, BO].map(one => audienceMeans(one, trans))).toEqual([
      '',
      'only members of this JupyterHub',
      'only bo'
    ]);
  });
});
